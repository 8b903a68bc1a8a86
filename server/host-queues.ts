import { hostOf } from '../federation/audience.ts';
import type { LeasedDelivery } from '../federation/delivery.ts';

export interface NextDelivery {
  readonly leased: LeasedDelivery;
  readonly host: string;
}

/** Leased deliveries that are not yet begun, by host. Hosts take turns, those that fail after the others. What is asked costs the same however many wait. */
export interface HostQueues {
  /** Deliveries that wait. */
  readonly size: number;
  /** True while one waits whose host has room and does not fail. */
  readonly hasWell: boolean;
  add(leased: LeasedDelivery): void;
  /** Takes a delivery whose host has room, and counts it as begun until `done`. */
  next(): NextDelivery | undefined;
  /** One delivery to the host has ended. */
  done(host: string): void;
  /** Takes all that waits for a host. */
  takeBack(host: string): readonly LeasedDelivery[];
}

interface Line {
  readonly host: string;
  waiting: LeasedDelivery[];
  underWay: number;
}

interface State {
  readonly perHost: number;
  readonly failing: ReadonlySet<string>;
  readonly lines: Map<string, Line>;
  // A Set keeps the order in which hosts came to their turn.
  readonly ready: Set<Line>;
  readonly readyToFail: Set<Line>;
  size: number;
}

/** Makes empty queues; at most `perHost` deliveries to one host are begun at once. `failing` may change at any time. */
export function createHostQueues(perHost: number, failing: ReadonlySet<string>): HostQueues {
  const state: State = { perHost, failing, lines: new Map(), ready: new Set(), readyToFail: new Set(), size: 0 };
  return {
    get size() {
      return state.size;
    },
    get hasWell() {
      return state.ready.size > 0;
    },
    add: (leased) => add(state, leased),
    next: () => next(state),
    done: (host) => done(state, host),
    takeBack: (host) => takeBack(state, host),
  };
}

function add(state: State, leased: LeasedDelivery): void {
  const host = hostOf(leased.inbox);
  const line = state.lines.get(host) ?? { host, waiting: [], underWay: 0 };
  state.lines.set(host, line);
  line.waiting.push(leased);
  state.size += 1;
  place(state, line);
}

function next(state: State): NextDelivery | undefined {
  const { ready, readyToFail } = state;
  const [line] = ready.size > 0 ? ready : readyToFail;
  const leased = line?.waiting.shift();
  if (line === undefined || leased === undefined) return undefined;
  // Behind the others, should it stay.
  ready.delete(line);
  readyToFail.delete(line);
  line.underWay += 1;
  state.size -= 1;
  place(state, line);
  return { leased, host: line.host };
}

function done(state: State, host: string): void {
  const line = state.lines.get(host);
  if (line === undefined) return;
  line.underWay -= 1;
  place(state, line);
}

function takeBack(state: State, host: string): readonly LeasedDelivery[] {
  const line = state.lines.get(host);
  if (line === undefined) return [];
  const { waiting } = line;
  line.waiting = [];
  state.size -= waiting.length;
  place(state, line);
  return waiting;
}

/** Puts a line that changed where it now belongs; one that is of no more use is forgotten. */
function place({ perHost, failing, lines, ready, readyToFail }: State, line: Line): void {
  const [own, other] = failing.has(line.host) ? [readyToFail, ready] : [ready, readyToFail];
  other.delete(line);
  if (line.waiting.length > 0 && line.underWay < perHost) own.add(line);
  else own.delete(line);
  if (line.waiting.length === 0 && line.underWay === 0) lines.delete(line.host);
}
