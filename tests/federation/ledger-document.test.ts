import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { ledgerDocument, parseLedgerDocument } from '../../federation/ledger-document.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { ANN, BEGUN, id, ledger, NOTE, ORIGIN, told, toldDeed } from './plan-samples.ts';

const parsed = (value: unknown) => parseLedgerDocument(JSON.parse(JSON.stringify(value)));

const text = fc.string({ unit: 'binary', maxLength: 20 });
const date = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((each) => `${each.toISOString().slice(0, 19)}Z`);
const page = text.map((path) => `${ORIGIN}/${path}`);

const object = fc
  .tuple(
    fc.record({
      state: fc.constantFrom('baseline' as const, 'announced' as const, 'deleted' as const),
      type: fc.constantFrom('Article' as const, 'Note' as const, 'Question' as const),
      digest: text,
      revision: fc.maxSafeNat(),
      published: date,
      title: text,
      visibility: fc.constantFrom('public' as const, 'unlisted' as const),
      url: page,
      source: text,
    }),
    fc.record(
      {
        ...{ bodyDigest: text, updated: date, deleted: date, sending: text, pollDigest: text },
        ...{ formerUrls: fc.array(page, { maxLength: 3 }), inboxes: fc.array(text, { maxLength: 3 }) },
      },
      { requiredKeys: [] },
    ),
    fc.option(
      fc.tuple(fc.constantFrom('Like' as const, 'Announce' as const, 'Follow' as const, 'QuoteRequest' as const), text),
      { nil: undefined },
    ),
  )
  .map(([all, some, deed]) => {
    if (deed === undefined) return { ...all, ...some };
    const [type, object] = deed;
    return { ...all, ...some, type, url: '', object, ...(type === 'QuoteRequest' ? { instrument: object } : {}) };
  });
const anyLedger: fc.Arbitrary<Ledger> = fc
  .tuple(
    fc.record({ digest: text, revision: fc.maxSafeNat() }),
    fc.record(
      { username: text, keyDigest: text, movedTo: text, deleted: date, gone: date, sending: text },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        source: fc.record({ commit: text, committedAt: date }),
        approved: fc.record({ content: text, at: date, confirmed: fc.array(text) }),
      },
      { requiredKeys: [] },
    ),
    date,
    fc.dictionary(text, object, { maxKeys: 6 }),
  )
  .map(([actor, more, top, begun, objects]) => ({
    origin: ORIGIN,
    begun,
    ...top,
    actor: { id: `${ORIGIN}/ap/actor.json`, ...actor, ...more },
    objects: new Map(Object.entries(objects).map(([key, each]) => [id(key), { id: id(key), ...each }])),
  }));

/** What the public form says of a ledger. */
function publicly({ approved, actor, objects, ...rest }: Ledger): Ledger {
  const { sending: _, ...known } = actor;
  return {
    ...rest,
    ...(approved ? { approved: { ...approved, confirmed: [] } } : {}),
    actor: known,
    objects: new Map(
      [...objects].map(
        ([key, { sending, formerUrls, inboxes, object, instrument, ...each }]): [string, LedgerObject] => [
          key,
          each.state === 'deleted' || each.type === 'Follow'
            ? { ...each, title: '', url: '', source: '' }
            : {
                ...each,
                ...(formerUrls ? { formerUrls } : {}),
                ...(object === undefined ? {} : { object }),
                ...(instrument === undefined ? {} : { instrument }),
              },
        ],
      ),
    ),
  };
}

test('Any ledger, written in full and read again, is the same ledger', () => {
  fc.assert(
    fc.property(anyLedger, (given) => {
      expect(parsed(ledgerDocument(given, { public: false }))).toEqual({ ledger: given });
    }),
  );
});

test('Any ledger, written for the public and read again, is the same but for what was taken back, released or is being sent', () => {
  fc.assert(
    fc.property(anyLedger, (given) => {
      expect(parsed(ledgerDocument(given, { public: true }))).toEqual({ ledger: publicly(given) });
    }),
  );
});

test('The public form says of a deleted post neither title nor page nor file, nor what the owner released', () => {
  const deleted = told('secret', { state: 'deleted', formerUrls: [`${ORIGIN}/posts/secret-before/`] });
  const given = ledger([{ ...deleted, id: id('key') }], {
    approved: { content: 'c', at: BEGUN, confirmed: ['many-deletes', id('private')] },
  });
  const written = JSON.stringify(ledgerDocument(given, { public: true }));
  expect(written).toContain(id('key'));
  expect(written).not.toMatch(/Title of|posts\/secret|confirmed|private/);
});

test('The public form says neither whom the blog follows, nor what was liked once, nor where anything went', () => {
  const given = ledger([
    toldDeed('Follow', ANN.actor),
    toldDeed('Like', NOTE, { state: 'deleted', deleted: BEGUN }),
    toldDeed('Announce', `${NOTE}2`),
    told('a', { inboxes: ['https://secret.example/inbox'] }),
  ]);
  const written = JSON.stringify(ledgerDocument(given, { public: true }));
  expect(written).not.toMatch(/ann[@"]|inbox|notes\/1"|following/);
  expect(written).toContain(`${NOTE}2`);
  expect(JSON.stringify(ledgerDocument(given, { public: false }))).toContain('secret.example');
});

test('A deed that does not say what it was done to is no ledger', () => {
  const { object: _, ...like } = toldDeed('Like', NOTE);
  expect(parsed(ledgerDocument(ledger([like]), { public: false }))).toEqual({ fault: 'objects[0] has no object' });
  const post = ledgerDocument(ledger([{ ...told('a'), object: NOTE }]), { public: false });
  expect(parsed(post)).toEqual({ fault: 'objects[0] has "object", which is not known here' });
});

const base = () =>
  ledgerDocument(ledger([told('a'), told('b', { state: 'deleted', deleted: BEGUN })]), { public: true });
const withObject = (change: JsonObject) => {
  const document = base();
  const [first, second] = Array.isArray(document.objects) ? document.objects : [];
  return { ...document, objects: [first, { ...(second as JsonObject), ...change }] };
};

test.each<[string, unknown, string]>([
  ['nothing', null, 'the document is no object'],
  ['a list', [], 'the document is no object'],
  ['another version', { ...base(), version: 2 }, 'version is not 1, so this is no ledger, or one of a newer Postern'],
  ['an unknown member', { ...base(), extra: 1 }, 'the document has "extra", which is not known here'],
  ['a path for an origin', { ...base(), origin: `${ORIGIN}/x` }, 'origin is no origin such as https://blog.example'],
  ['a script for an origin', { ...base(), origin: 'javascript:x' }, 'origin is no origin such as https://blog.example'],
  ['no date', { ...base(), begun: 'yesterday' }, 'begun is no date such as 2026-11-23T12:00:00Z'],
  ['a 13th month', { ...base(), begun: '2026-13-01T00:00:00Z' }, 'begun is no date such as 2026-11-23T12:00:00Z'],
  ['another actor', { ...base(), origin: 'https://x.example' }, 'actor.id is not https://x.example/ap/actor.json'],
  ['half a source', { ...base(), source: { commit: 'x' } }, 'source has no committedAt'],
  [
    'a number released',
    { ...base(), approved: { content: '', at: BEGUN, confirmed: [1] } },
    'approved.confirmed[0] is no text',
  ],
  ['objects by id', { ...base(), objects: {} }, 'objects is no list'],
  ['an object of another origin', withObject({ id: 'https://evil.example/x' }), `objects[1].id is not below ${ORIGIN}`],
  ['an id twice', withObject({ id: id('a') }), `objects[1].id stands twice: ${id('a')}`],
  ['an unknown state', withObject({ state: 'lost' }), 'objects[1] has no title'],
  [
    'an unknown type',
    withObject({ type: 'Event' }),
    'objects[1].type is none of Article, Note, Question, Like, Announce, Follow, QuoteRequest',
  ],
  ['half a revision', withObject({ revision: 0.5 }), 'objects[1].revision is no whole number'],
  ['a huge revision', withObject({ revision: 1e300 }), 'objects[1].revision is no whole number'],
  ['a live object without a title', withObject({ state: 'announced' }), 'objects[1] has no title'],
  [
    'a former page elsewhere',
    withObject({ formerUrls: ['https://evil.example/'] }),
    `objects[1].formerUrls[0] is not below ${ORIGIN}`,
  ],
])('%s → a fault that says where', (_case, value, fault) => {
  expect(parsed(value)).toEqual({ fault });
});

test('A prototype in the JSON is an unknown member, and changes no prototype', () => {
  const hostile: unknown = JSON.parse(JSON.stringify(base()).replace('{', '{"__proto__":{"polluted":true},'));
  expect(parseLedgerDocument(hostile)).toEqual({ fault: 'the document has "__proto__", which is not known here' });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('A member with a huge name → a short fault', () => {
  const read = parsed({ ...base(), ['x'.repeat(1_000_000)]: 1 });
  expect('fault' in read && read.fault.length).toBeLessThan(200);
});

test('Whatever is read: a ledger or a fault, and no exception', () => {
  const hostile = fc.oneof(
    fc.anything({ withNullPrototype: true, withSparseArray: true, withBigInt: true }),
    fc.tuple(anyLedger, fc.boolean(), fc.jsonValue(), fc.nat(), fc.nat()).map(([given, isPublic, value, a, b]) => {
      const document = ledgerDocument(given, { public: isPublic });
      const parts: JsonObject[] = [document];
      for (const each of [document.actor, ...(Array.isArray(document.objects) ? document.objects : [])]) {
        if (typeof each === 'object' && each !== null && !Array.isArray(each)) parts.push(each);
      }
      const part = parts[a % parts.length] ?? document;
      const names = Object.keys(part);
      part[names[b % names.length] ?? ''] = JSON.parse(JSON.stringify(value));
      return document;
    }),
  );
  fc.assert(
    fc.property(hostile, (value) => {
      const read = parseLedgerDocument(value);
      if ('fault' in read) expect(read.fault).toMatch(/^\S/);
      else for (const [key, each] of read.ledger.objects) expect(each.id).toBe(key);
    }),
  );
});
