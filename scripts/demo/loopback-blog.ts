import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { join } from 'node:path';
import { forkCommand, freePort, runCommand, startTlsProxy, stop, type World } from './world.ts';

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
