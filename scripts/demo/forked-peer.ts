import type { ChildProcess } from 'node:child_process';
import type { PeerActivity, PeerAnswer, PeerCommand, PeerEvent, Saying } from './peer-messages.ts';
import { forkCommand, freePort, stop, type World } from './world.ts';

const PATIENCE_MS = 30_000;

/** A forked Fedify peer, with everything it told so far. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #events: PeerEvent[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (event: PeerEvent) => {
      this.#events.push(event);
      for (const wake of this.#waiting) wake();
    });
  }

  /** Everything it told, in the order in which it happened. */
  get events(): readonly PeerEvent[] {
    return this.#events;
  }

  ask(command: PeerCommand): void {
    this.#child.send(command);
  }

  /** Asks for something, and waits for what came of it. One is asked for at a time. */
  async answer<Kind extends PeerAnswer['event']>(
    kind: Kind,
    command: PeerCommand,
  ): Promise<Extract<PeerAnswer, { readonly event: Kind }>> {
    const before = this.#events.length;
    this.ask(command);
    const isMeant = (event: PeerEvent): event is Extract<PeerAnswer, { readonly event: Kind }> => event.event === kind;
    return this.until(kind, (event) => (isMeant(event) && this.#events.indexOf(event) >= before ? event : undefined));
  }

  /** Lets its user say something, and gives the ids once every inbox took it. */
  say(saying: Saying): Promise<Extract<PeerAnswer, { readonly event: 'said' }>> {
    return this.answer('said', { command: 'say', saying });
  }

  activities(type: string): PeerActivity[] {
    return this.#events.filter((event) => event.event === 'activity').filter((activity) => activity.type === type);
  }

  /** Waits for the first event that `pick` takes; what it gives is the answer. */
  async until<T>(what: string, pick: (event: PeerEvent) => T | undefined): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      for (const event of this.#events) {
        if (event.event === 'error') throw new Error(`the peer failed: ${event.message}`);
        const picked = pick(event);
        if (picked !== undefined) return picked;
      }
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`the peer waited ${PATIENCE_MS / 1000} s in vain for ${what}`);
      await this.#next(left);
    }
  }

  /** Waits for the first activity of this type that tells of `object`, where one is named. */
  activity(type: string, object?: string): Promise<PeerActivity> {
    return this.until(object === undefined ? type : `${type} of ${object}`, (event) =>
      event.event === 'activity' && event.type === type && (object === undefined || event.object === object)
        ? event
        : undefined,
    );
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }

  #next(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(finish);
        done();
      };
      const timer = setTimeout(finish, milliseconds);
      this.#waiting.add(finish);
    });
  }
}

export interface StartedPeer {
  readonly peer: Peer;
  readonly origin: string;
  readonly handle: string;
}

/** Starts a Fedify peer with one account at `https://localhost:<port>`, or at `http:` without files of a certificate. */
export async function startPeer(
  world: Pick<World, 'certFile' | 'keyFile' | 'environment'>,
  user = 'reader',
): Promise<StartedPeer> {
  const port = await freePort();
  const child = forkCommand('demo/peer', [String(port), world.certFile, world.keyFile, user], world.environment);
  const peer = new Peer(child);
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const handle = await peer.until('the peer to listen', (event) =>
    event.event === 'listening' ? event.handle : undefined,
  );
  return { peer, origin: `${world.certFile === '' ? 'http' : 'https'}://localhost:${port}`, handle };
}
