import type { Deps } from '../ports.ts';
import { otherMethod } from './respond.ts';

/** Where a load balancer, a container or a person asks whether the blog works; nothing of the site lies below `/-/`. */
export const HEALTH_PATH = '/-/health';

/**
 * Says whether store and site can be read: 200 `ok`, or 503 with what cannot. It tells nothing that is not public, and is
 * never kept by a cache.
 */
export async function health(
  { store, site, log }: Pick<Deps, 'store' | 'site' | 'log'>,
  request: Pick<Request, 'method'>,
): Promise<Response> {
  const other = otherMethod(request);
  if (other) return other;
  const parts = { store: store.ledger.head(), site: site.parts() };
  const failing: string[] = [];
  for (const [part, look] of Object.entries(parts)) {
    await Promise.resolve(look).catch((fault: unknown) => {
      failing.push(part);
      log({
        event: 'health.failed',
        level: 'error',
        part,
        error: fault instanceof Error ? fault.message : String(fault),
      });
    });
  }
  const status = failing.length === 0 ? 200 : 503;
  const body = failing.length === 0 ? { status: 'ok' } : { status: 'failing', failing };
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
}
