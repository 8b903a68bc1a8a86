import { expect, test } from 'vitest';
import type { LogLine, Site } from '../../../server/ports.ts';
import { health } from '../../../server/routes/health.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { siteOf } from '../../remote/fake-blog.ts';

const site = siteOf('https://blog.test');

async function asked(parts: { site?: Site; brokenStore?: boolean }, method = 'GET') {
  const lines: LogLine[] = [];
  const store = openMemoryStore();
  const head = () => Promise.reject(new Error('disk I/O error'));
  const deps = {
    site: parts.site ?? site,
    store: parts.brokenStore ? { ...store, ledger: { ...store.ledger, head } } : store,
    log: (line: LogLine) => void lines.push(line),
  };
  const response = await health(deps, { method });
  return { response, lines, body: response.status === 405 ? undefined : await response.json() };
}

test('store and site can be read → 200, kept by no cache', async () => {
  const { response, body, lines } = await asked({});
  expect([response.status, body, lines]).toEqual([200, { status: 'ok' }, []]);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('what cannot be read is named, and why it cannot is in the log alone', async () => {
  const unreadable = { ...site, parts: () => Promise.reject(new Error('no manifest in /srv/blog')) };
  const { response, body, lines } = await asked({ site: unreadable, brokenStore: true });
  expect([response.status, body]).toEqual([503, { status: 'failing', failing: ['store', 'site'] }]);
  expect(lines.map(({ part, error }) => `${part}: ${error}`)).toEqual([
    'store: disk I/O error',
    'site: no manifest in /srv/blog',
  ]);
});

test('it is only read', async () => {
  expect((await asked({}, 'POST')).response.status).toBe(405);
});
