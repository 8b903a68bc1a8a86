import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { join } from 'node:path';
import type { PeerCommand, PeerEvent } from './peer.ts';
import { createWorld, forkCommand, freePort, runCommand, startTlsProxy, stop, type World } from './world.ts';

/** One thing that happened, for the terminal and for the test. */
export interface Step {
  readonly text: string;
  readonly milliseconds: number;
  readonly detail?: unknown;
}

type Activity = Extract<PeerEvent, { event: 'activity' }>;

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

  activities(type: string): Activity[] {
    return this.#events.filter((event): event is Activity => event.event === 'activity' && event.type === type);
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

  activity(type: string): Promise<Activity> {
    return this.until(type, (event) => (event.event === 'activity' && event.type === type ? event : undefined));
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

/** Starts a Fedify peer at `https://localhost:<port>`. */
export async function startPeer(world: World): Promise<{ peer: Peer; origin: string; handle: string }> {
  const port = await freePort();
  const child = forkCommand('demo/peer', [String(port), world.certFile, world.keyFile], world.environment);
  const peer = new Peer(child);
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const handle = await peer.until('the peer to listen', (event) =>
    event.event === 'listening' ? event.handle : undefined,
  );
  return { peer, origin: `https://localhost:${port}`, handle };
}

/** A blog of its own content folder behind TLS, as a person would run it. */
export class Blog {
  readonly origin: string;
  readonly handle: string;
  readonly content: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly #port: number;
  #server: ChildProcess | undefined;
  #proxy: Server | undefined;

  constructor(world: World, ports: { readonly outer: number; readonly inner: number }) {
    this.origin = `https://localhost:${ports.outer}`;
    this.handle = `@blog@localhost:${ports.outer}`;
    this.content = join(world.folder, `content-${ports.outer}`);
    this.#port = ports.inner;
    this.environment = {
      ...world.environment,
      POSTERN_ORIGIN: this.origin,
      POSTERN_CONTENT: this.content,
      POSTERN_DATA: join(world.folder, `data-${ports.outer}`),
      POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
      PORT: String(ports.inner),
    };
  }

  static async create(world: World): Promise<Blog> {
    const blog = new Blog(world, { outer: await freePort(), inner: await freePort() });
    for (const folder of ['posts', 'notes']) mkdirSync(join(blog.content, folder), { recursive: true });
    blog.write(
      'profile.md',
      '---\nusername: blog\nname: A blog on loopback\nlanguage: en\n---\nIt lives for the length of a demo.\n',
    );
    blog.#proxy = await startTlsProxy(world, Number(new URL(blog.origin).port), blog.#port);
    return blog;
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.content, file), text);
  }

  remove(file: string): void {
    rmSync(join(this.content, file));
  }

  /** `npm start`, until it says that it is ready. */
  async start(): Promise<void> {
    const child = forkCommand('start', [], this.environment);
    this.#server = child;
    let output = '';
    await new Promise<void>((ready, fail) => {
      const collect = (chunk: Buffer): void => {
        output += chunk;
      };
      child.stdout?.on('data', collect);
      child.stderr?.on('data', collect);
      child.on('message', (message) => {
        if (message === 'ready') ready();
      });
      child.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${output}`)));
    });
  }

  /** Ends the server as Ctrl-C does, or as a power cut does. */
  async stopServer(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    if (this.#server) await stop(this.#server, signal);
    this.#server = undefined;
  }

  async run(script: string, ...args: string[]): Promise<string> {
    const ran = await runCommand(script, args, this.environment);
    if (ran.code !== 0) throw new Error(`npm run ${script} ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }

  async close(): Promise<void> {
    await this.stopServer();
    await new Promise<void>((done) => {
      if (!this.#proxy) return done();
      this.#proxy.close(() => done());
      this.#proxy.closeAllConnections();
    });
  }
}

const OLD_POST =
  '---\ntitle: Written before anyone followed\ndate: 2026-01-02T08:00:00Z\n---\n\nIt is not announced.\n';

function newPost(body: string): string {
  const date = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return `---\ntitle: Hello, fediverse\nid: hello\ndate: ${date}\ntags: [hello]\n---\n\n${body}\n`;
}

/** Plays the whole life of a post between a blog and an independent server. Each step is told as it happens. */
export async function tellStory(told: (step: Step) => void): Promise<void> {
  const world = await createWorld('postern-demo-');
  const began = performance.now();
  let last = began;
  const tell = (text: string, detail?: unknown): void => {
    const now = performance.now();
    told({ text, milliseconds: Math.round(now - last), ...(detail === undefined ? {} : { detail }) });
    last = now;
  };
  const blog = await Blog.create(world);
  const { peer, origin, handle } = await startPeer(world);
  try {
    tell(`An independent server (Fedify) runs at ${origin}; its reader is ${handle}.`);
    blog.write('posts/old.md', OLD_POST);
    await blog.start();
    tell(`Postern built its site and serves it at ${blog.origin}; the blog is ${blog.handle}.`);

    peer.ask({ command: 'look-up', handle: blog.handle });
    const actor = await peer.until('the actor', (event) => (event.event === 'looked-up' ? event : undefined));
    tell(`Fedify looked up ${blog.handle} and found "${actor.name}" at ${actor.id}.`, actor);

    peer.ask({ command: 'follow', id: actor.id, followId: `${origin}/follows/1` });
    const accept = await peer.activity('Accept');
    tell('The reader followed the blog; the Accept arrived, signed by the blog.', accept);

    blog.write('posts/hello.md', newPost('The first words that travel. #hello'));
    tell(`A file was written. npm run plan says:\n${indent(await blog.run('plan'))}`);
    await blog.run('publish');
    const create = await peer.activity('Create');
    tell('npm run publish: the Create arrived, its signature verified by Fedify.', create);

    blog.write('posts/hello.md', newPost('The first words that travel, mended. #hello'));
    await blog.run('publish');
    const update = await peer.activity('Update');
    tell('The file was edited and published: the Update arrived.', update);

    blog.remove('posts/hello.md');
    await blog.run('publish');
    const removal = await peer.activity('Delete');
    tell('The file was removed and published: the Delete arrived.', removal);

    peer.ask({ command: 'fetch', url: `${blog.origin}/ap/posts/hello.json` });
    const gone = await peer.until('the tombstone', (event) => (event.event === 'fetched' ? event : undefined));
    tell(`The object's address now answers ${gone.status} with a Tombstone.`, gone);

    const again = await blog.run('publish');
    tell(`npm run publish once more: ${again.trim().split('\n').at(-1)}`);
    told({
      text: 'Done.',
      milliseconds: Math.round(performance.now() - began),
      detail: { creates: peer.activities('Create').length },
    });
  } finally {
    await peer.stop();
    await blog.close();
    await world.close();
  }
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}
