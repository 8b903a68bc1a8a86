/**
 * Loaded into the thread of each function before its code: no packet leaves loopback, the clock stands where the test put
 * it, and what is logged is written before the answer is.
 */
import dns from 'node:dns/promises';
import { appendFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

const { TESTS_GATEWAY, TESTS_LOG, TESTS_NOW } = process.env;

if (TESTS_NOW !== undefined) stopClock(Number(TESTS_NOW));
if (TESTS_LOG !== undefined) keepOutput(TESTS_LOG);
stayOnLoopback(Number(TESTS_GATEWAY ?? 0));

function stopClock(now: number): void {
  const Running = Date;
  globalThis.Date = new Proxy(Running, {
    construct: (_, parts, target) => Reflect.construct(Running, parts.length === 0 ? [now] : parts, target),
    get: (_, name) => (name === 'now' ? () => now : Reflect.get(Running, name)),
  });
}

function keepOutput(path: string): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array) => {
      appendFileSync(path, chunk);
      return true;
    };
  }
}

/** Every name of the reserved `.test` leads to the gateway, which speaks no TLS; whatever is not loopback is refused. */
function stayOnLoopback(gateway: number): void {
  const connect = Socket.prototype.connect;
  const guarded = function (this: Socket, ...given: unknown[]): Socket {
    // node calls it with its arguments in one array.
    const [first] = given;
    const target: unknown = Array.isArray(first) ? first[0] : first;
    const { host, port } = placeOf(target);
    if (/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return Reflect.apply(connect, this, given);
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
