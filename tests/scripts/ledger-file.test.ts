import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { readLedgerFile, restoreLedger, toLedgerFile } from '../../scripts/ledger-file.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { Crash, crashingStore } from '../server/crashing-store.ts';

const ORIGIN = 'https://blog.example';

function object(key: string, more: Partial<LedgerObject> = {}): LedgerObject {
  return {
    id: `${ORIGIN}/ap/posts/${key}.json`,
    state: 'announced',
    type: 'Article',
    digest: 'd'.repeat(64),
    revision: 1,
    published: '2026-11-02T08:00:00Z',
    title: `The "${key}"\n`,
    visibility: 'public',
    url: `${ORIGIN}/posts/${key}/`,
    source: `posts/${key}.md`,
    ...more,
  };
}

const objects = [
  object('a', { updated: '2026-11-03T08:00:00Z', formerUrls: [`${ORIGIN}/posts/old/`], bodyDigest: 'b'.repeat(64) }),
  object('b', { state: 'deleted', deleted: '2026-11-04T08:00:00Z' }),
  object('c', { state: 'baseline', revision: 0, sending: `${ORIGIN}/ap/activities/create/1` }),
];
const ledger: Ledger = {
  origin: ORIGIN,
  begun: '2026-11-01T00:00:00Z',
  actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a'.repeat(64), revision: 2, username: 'blog', keyDigest: 'k' },
  source: { commit: 'c0ffee', committedAt: '2026-11-04T07:00:00Z' },
  approved: { content: 'c', at: '2026-11-04T08:00:00Z', confirmed: ['many-deletes'] },
  objects: new Map(objects.map((each) => [each.id, each])),
};
const inboxes = [
  { inbox: 'https://a.example/inbox', deliveredAt: 1_762_000_000_000 },
  { inbox: 'https://b.example/inbox', missingSince: 1_762_000_000_000 },
];
const text = toLedgerFile({ ledger, inboxes });

test('what was written comes back, all of it', () => {
  expect(readLedgerFile(text)).toEqual({ ledger, inboxes });
  const empty = { ledger: { ...ledger, objects: new Map() }, inboxes: [] };
  expect(readLedgerFile(toLedgerFile(empty))).toEqual(empty);
});

test('a transfer as text that changed the line ends changed nothing', () => {
  expect(readLedgerFile(text.replaceAll('\n', '\r\n'))).toEqual({ ledger, inboxes });
});

describe('a damaged file is refused with the place', () => {
  test.each([
    ['cut within a record', text.slice(0, text.indexOf('"updated"')), /line 2 is no JSON/],
    ['cut between records', text.slice(0, text.indexOf('\n]')), /ends early, at line 4/],
    ['a lost quote', text.replace('"missingSince"', '"missingSince'), /line \d+ is no JSON/],
    ['a record of another kind', text.replace('"state":"deleted"', '"state":"dleted"'), /objects\[1\]\.state/],
    [
      'an id of another blog',
      text.replace(`${ORIGIN}/ap/posts/c`, 'https://evil.example/ap/posts/c'),
      /objects\[2\]\.id/,
    ],
    ['an inbox that is none', text.replace('https://b.example/inbox', 'file:///etc/passwd'), /inboxes\[1\] inbox/],
    ['one letter of a digest', text.replace('dddd', 'ddde'), /the digest at its end/],
    ['a post that was taken out', text.replace(/^\{"id":"[^"]*\/b\.json.*\n/m, ''), /the digest at its end/],
    ['another file', '{"postern":"followers","version":1}', /no export of a ledger/],
    ['a later version', text.replace('"version":1', '"version":2'), /version/],
    ['nothing', '', /no JSON/],
  ])('%s', (_, damaged, place) => {
    expect(damaged).not.toBe(text);
    expect(() => readLedgerFile(damaged)).toThrow(place);
  });
});

test.each([1, 2, 3].flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
  'a restore that dies at call %i, %s it → run again, all is there; once it is there, no other takes its place',
  async (call, when) => {
    const store = openMemoryStore();
    await expect(restoreLedger(crashingStore(store, call, when).store, { ledger, inboxes })).rejects.toThrow(Crash);
    await restoreLedger(store, { ledger, inboxes });
    expect((await store.ledger.read())?.ledger).toEqual(ledger);
    const kept = [];
    for await (const record of store.inboxes.all()) kept.push(record);
    expect(kept).toEqual(inboxes);
    expect(await restoreLedger(store, { ledger: { ...ledger, begun: '2027-01-01T00:00:00Z' }, inboxes: [] })).toBe(
      false,
    );
    expect((await store.ledger.read())?.ledger.begun).toBe(ledger.begun);
  },
);
