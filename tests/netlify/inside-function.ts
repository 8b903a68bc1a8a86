/**
 * The thread of one instance of a function: a first request finds it cold, those that follow warm, as on the platform. For
 * each it runs the emulation's own program, in the world of the test: no packet leaves loopback, the clock stands where
 * the test put it, and what is logged is written before the answer is.
 */
import dns from 'node:dns/promises';
import { appendFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import threads from 'node:worker_threads';
import type { Call } from './instances.ts';

moveClock();
// What waits a share longer by chance waits no longer: the test moves the clock to the instant.
Math.random = () => 0;
keepOutput();
stayOnLoopback();

let calls = 0;
threads.parentPort?.on('message', async ({ program, workerData, variables }: Call) => {
  Object.assign(process.env, variables);
  Object.assign(threads, { workerData });
  syncBuiltinESMExports();
  calls += 1;
  // It is a module that does its work while it is loaded, and tells its parent what came of it.
  await import(`${program}?${calls}`).catch((fault: unknown) => threads.parentPort?.postMessage({ fault }));
});

function moveClock(): void {
  const Running = Date;
  const now = (): number => Number(process.env.TESTS_NOW ?? Running.now());
  globalThis.Date = new Proxy(Running, {
    construct: (_, parts, target) => Reflect.construct(Running, parts.length === 0 ? [now()] : parts, target),
    get: (_, name) => (name === 'now' ? now : Reflect.get(Running, name)),
  });
}

function keepOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array) => {
      appendFileSync(process.env.TESTS_LOG ?? '/dev/null', chunk);
      return true;
    };
  }
}

/** Every name of the reserved `.test` leads to the gateway, which speaks no TLS; whatever is not loopback is refused. */
function stayOnLoopback(): void {
  const connect = Socket.prototype.connect;
  const guarded = function (this: Socket, ...given: unknown[]): Socket {
    // node calls it with its arguments in one array.
    const [first] = given;
    const target: unknown = Array.isArray(first) ? first[0] : first;
    const { host, port } = placeOf(target);
    if (/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return Reflect.apply(connect, this, given);
    const gateway = Number(process.env.TESTS_GATEWAY ?? 0);
    if (!host.endsWith('.test') || gateway === 0) throw new Error(`a test tried to reach ${host}:${port}`);
    Object.assign(Object(target), { port: gateway });
    return Reflect.apply(connect, this, given);
  };
  Object.assign(Socket.prototype, { connect: guarded });
  HttpsAgent.prototype.createConnection = HttpAgent.prototype.createConnection;
  const lookup = async (name: string): Promise<{ address: string; family: number }[]> => {
    if (name === 'localhost' || name.endsWith('.test')) return [{ address: '127.0.0.1', family: 4 }];
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
  };
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
}

function placeOf(target: unknown): { host: string; port: string } {
  const host = Reflect.get(Object(target), 'host') ?? 'localhost';
  return { host: String(host), port: String(Reflect.get(Object(target), 'port')) };
}
