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

/** Makes empty queues; at most `perHost` deliveries to one host are begun at once. `failing` may change at any time. */
export function createHostQueues(perHost: number, failing: ReadonlySet<string>): HostQueues {
  const lines = new Map<string, Line>();
  // A Set keeps the order in which hosts came to their turn.
  const ready = new Set<Line>();
  const readyToFail = new Set<Line>();
  let size = 0;

  const place = (line: Line): void => {
    const [own, other] = failing.has(line.host) ? [readyToFail, ready] : [ready, readyToFail];
    other.delete(line);
    if (line.waiting.length > 0 && line.underWay < perHost) own.add(line);
    else own.delete(line);
    if (line.waiting.length === 0 && line.underWay === 0) lines.delete(line.host);
  };

  return {
    get size() {
      return size;
    },
    get hasWell() {
      return ready.size > 0;
    },
    add(leased) {
      const host = hostOf(leased.inbox);
      const line = lines.get(host) ?? { host, waiting: [], underWay: 0 };
      lines.set(host, line);
      line.waiting.push(leased);
      size += 1;
      place(line);
    },
    next() {
      const [line] = ready.size > 0 ? ready : readyToFail;
      const leased = line?.waiting.shift();
      if (line === undefined || leased === undefined) return undefined;
      // Behind the others, should it stay.
      ready.delete(line);
      readyToFail.delete(line);
      line.underWay += 1;
      size -= 1;
      place(line);
      return { leased, host: line.host };
    },
    done(host) {
      const line = lines.get(host);
      if (line === undefined) return;
      line.underWay -= 1;
      place(line);
    },
    takeBack(host) {
      const line = lines.get(host);
      if (line === undefined) return [];
      const { waiting } = line;
      line.waiting = [];
      size -= waiting.length;
      place(line);
      return waiting;
    },
  };
}
