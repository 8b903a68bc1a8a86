import { createServer, type Server } from 'node:http';
import { PosternError } from '../errors.ts';

/** Where a server listens. */
export interface Place {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Rejects as `listen` does when another program listens where this one is to. */
export async function assertFree(place: Place): Promise<void> {
  const server = createServer();
  await listen(server, place);
  await new Promise<void>((closed) => server.close(() => closed()));
}

/**
 * Listens, and gives the port.
 *
 * @throws PosternError `port-in-use` or `cannot-listen`.
 */
export function listen(server: Server, { host, port }: Place): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE';
      const hint = busy ? 'Stop what listens there, or choose another with PORT.' : 'Check HOST and PORT.';
      const facts = { host, port };
      reject(
        new PosternError(busy ? 'port-in-use' : 'cannot-listen', `Cannot listen on ${host}:${port}.`, {
          hint,
          facts,
          cause,
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
