import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Resolve } from '../../server/http/addresses.ts';
import type { Gateway } from './gateway.ts';

/** Joins each connection of the functions to the server that its first request names, byte by byte: whatever that does, they get. */
export async function startTunnel(resolve: Resolve): Promise<Gateway> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    open.add(from);
    from.on('error', () => from.destroy()).on('close', () => open.delete(from));
    from.once('data', (chunk) => void join(from.pause(), chunk, resolve));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

async function join(from: Socket, first: Buffer, resolve: Resolve): Promise<void> {
  const [, name = '', port = ''] = /^host: *([^:\r]+):(\d+)/im.exec(first.toString('latin1')) ?? [];
  const [found] = await resolve(name);
  if (found === undefined) return void from.destroy();
  const to = connect(Number(port), found.address);
  to.on('error', () => from.resetAndDestroy()).on('close', () => from.end());
  from.on('close', () => to.destroy());
  to.write(first);
  from.pipe(to);
  to.pipe(from);
}
