import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIVITY_TYPES } from '../../federation/inbox/activity.ts';
import type { Outcome } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { createDoingBlog, POLL, QUOTED, QUOTING } from '../remote/doing-blog.ts';
import { BLOG, createFakeBlog, type FakeBlog, NOW, PAGE, POST } from '../remote/fake-blog.ts';
import { type Peer, unsignedRequest } from '../remote/fake-remote.ts';
import { countingStore } from '../remote/watched-store.ts';

const ANN = 'https://peer.test/users/ann';
const MARK = 'SECRET-BODY';

/** Ids that mean something to the blog, and some that nearly do. */
const reference = fc.constantFrom(
  ...[BLOG.actor, BLOG.origin, BLOG.followers, POST, PAGE, ANN, 'https://peer.test/a/1', 'https://victim.test/a'],
  ...['', 'as:Public', 'acct:a@b', 'https://', 'https://blog.test/ap/posts/p1.json#x', '__proto__', 'constructor'],
);

const type = fc.constantFrom(
  ...ACTIVITY_TYPES,
  'Note',
  'Question',
  'Emoji',
  'Link',
  'DataIntegrityProof',
  'Person',
  'Mention',
  'Tombstone',
  'toString',
  '',
);

/** Values of the shapes that peers send, well and badly. */
const { value } = fc.letrec<{ value: unknown; thing: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    reference,
    type,
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('thing'),
  ),
  thing: fc.record(
    {
      '@context': tie('value'),
      id: tie('value'),
      type: tie('value'),
      actor: tie('value'),
      object: tie('value'),
      target: tie('value'),
      to: tie('value'),
      tag: tie('value'),
      href: tie('value'),
      inReplyTo: tie('value'),
      attributedTo: tie('value'),
      quote: tie('value'),
      name: tie('value'),
      content: fc.constant(MARK),
      summary: tie('value'),
      inbox: tie('value'),
      url: tie('value'),
      icon: tie('value'),
      published: tie('value'),
      updated: tie('value'),
      cc: tie('value'),
      instrument: tie('value'),
      attachment: tie('value'),
      mediaType: tie('value'),
      proof: tie('value'),
    },
    { requiredKeys: [] },
  ),
}));

/** Activities that come far enough to be decided: sound on the outside, anything inside. */
const activity = fc.record(
  {
    id: fc.constant('https://peer.test/a/1'),
    type,
    actor: fc.constant(ANN),
    object: value,
    target: value,
    to: value,
    cc: value,
    tag: value,
    instrument: value,
    content: value,
    proof: value,
  },
  { requiredKeys: ['id', 'type', 'actor'] },
);

const body = fc.oneof(
  fc.string(),
  fc.json(),
  value.map((json) => JSON.stringify(json) ?? ''),
  activity.map((json) => JSON.stringify(json)),
);

function setUp(): { blog: FakeBlog; ann: Peer; writes: string[] } {
  const { store, writes } = countingStore(openMemoryStore());
  const blog = createFakeBlog({ store });
  return { blog, ann: blog.peer(), writes };
}

function expectOneOutcome(blog: FakeBlog, outcome: Outcome): void {
  expect(['accepted', 'ignored', 'refused']).toContain(outcome.kind);
  expect(blog.lines).toHaveLength(1);
  expect(blog.lines[0]?.event).toBe(`inbox.${outcome.kind}`);
  expect(blog.lines[0]?.level).not.toBe('error');
  // Every server here answers, so that whatever is wrong is the sender's.
  if (outcome.kind === 'refused') expect(outcome.status).toBeLessThan(500);
  expect(JSON.stringify(blog.lines)).not.toContain(MARK);
}

describe('whatever the body is', () => {
  it('unsigned → one outcome, one log line, no fetch, no write', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const { blog, writes } = setUp();
        const outcome = await blog.receive(unsignedRequest(text));
        expectOneOutcome(blog, outcome);
        expect(outcome.kind).not.toBe('accepted');
        expect(blog.remote.gets).toEqual([]);
        expect(writes).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('signed with a key that is not the actor’s → no effect', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const { blog, writes } = setUp();
        const eve = blog.peer({ host: 'evil.test' });
        const outcome = await blog.receive(eve.send(text));
        expectOneOutcome(blog, outcome);
        expect(outcome.kind).not.toBe('accepted');
        // What was looked up about the signer may be remembered; nothing else.
        expect(writes.filter((write) => write !== 'actors.put')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('signed by its actor → one outcome, and an effect only when it says so', async () => {
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          { weight: 4, arbitrary: activity.map((json) => JSON.stringify(json)) },
          { weight: 1, arbitrary: body },
        ),
        async (text) => {
          const { blog, ann, writes } = setUp();
          const outcome = await blog.receive(ann.send(text));
          expectOneOutcome(blog, outcome);
          kinds.add(outcome.kind);
          const changes = writes.filter((write) => !write.startsWith('actors.'));
          expect(changes.length > 0).toBe(outcome.kind === 'accepted');
          if (outcome.kind === 'accepted') expect(changes.at(-1)).toBe('inbound.markSeen');
        },
      ),
      { numRuns: 1_000 },
    );
    expect([...kinds].sort()).toEqual(['accepted', 'ignored', 'refused']);
  });
});

/** What an actor's document says, well and badly, beside a key that is good. */
const document = fc.record(
  {
    name: value,
    preferredUsername: value,
    icon: value,
    url: value,
    tag: value,
    endpoints: value,
    assertionMethod: value,
    inbox: fc.oneof(fc.constant(`${ANN}/inbox`), value),
  },
  { requiredKeys: ['inbox'] },
);

it('whatever an actor’s document says → one outcome, and no fault of ours', async () => {
  const concerned = fc.constantFrom<[string, JsonObject]>(
    ['Follow', { object: BLOG.actor }],
    ['Like', { object: POST }],
    ['Announce', { object: POST, to: 'as:Public' }],
    ['Flag', { object: [BLOG.actor, POST], content: MARK }],
    [
      'Create',
      { object: { id: 'https://peer.test/n', type: 'Note', inReplyTo: POST, content: MARK, to: 'as:Public' } },
    ],
    ['Create', { object: { id: 'https://peer.test/n', type: 'Note', inReplyTo: POST, content: MARK, to: BLOG.actor } }],
  );
  await fc.assert(
    fc.asyncProperty(document, concerned, async (more, [type, members]) => {
      const { store } = countingStore(openMemoryStore());
      const blog = createFakeBlog({ store });
      const ann = blog.peer({ document: JSON.parse(JSON.stringify(more)) });
      const outcome = await blog.receive(ann.send({ id: 'https://peer.test/a/1', type, actor: ANN, ...members }));
      expectOneOutcome(blog, outcome);
    }),
    { numRuns: 500 },
  );
});

const mostly = (...good: readonly string[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: value });

/** What answers the blog's own deeds and polls, and what those post whom it follows: sound on the outside. */
const aboutOurs = fc.oneof(
  fc.record({
    type: fc.constantFrom('Accept', 'Reject'),
    object: fc.oneof(
      mostly(`${BLOG.origin}/ap/activities/follow/1`, `${BLOG.origin}/ap/activities/quoterequest/1`),
      fc.record({ type: mostly('Follow'), actor: mostly(BLOG.actor), object: mostly(ANN) }),
    ),
  }),
  fc.record({
    type: fc.constantFrom('Accept', 'Reject'),
    object: fc.record({
      ...{ type: mostly('QuoteRequest'), actor: mostly(BLOG.actor), object: mostly(QUOTED) },
      instrument: mostly(QUOTING),
    }),
    result: mostly('https://peer.test/stamps/1'),
  }),
  fc.record({
    type: fc.constantFrom('Create', 'Update'),
    object: fc.record({
      ...{ id: fc.constant('https://peer.test/n'), type: mostly('Note'), name: mostly('Tea', 'Coffee', 'constructor') },
      ...{ inReplyTo: mostly(POLL), to: mostly(BLOG.actor) },
    }),
  }),
  fc.record({
    type: fc.constantFrom('Create', 'Update'),
    object: fc.record(
      {
        ...{ id: fc.constant('https://peer.test/n'), type: mostly('Note', 'Question'), content: mostly(MARK) },
        ...{ to: mostly('as:Public'), inReplyTo: value, published: value, updated: value, oneOf: value },
        ...{ attachment: value, tag: value, name: value, summary: value, attributedTo: mostly(ANN) },
      },
      { requiredKeys: ['id', 'type', 'content', 'to'] },
    ),
  }),
  fc.record({
    type: fc.constantFrom('Announce', 'Undo', 'Delete'),
    object: mostly('https://peer.test/served', 'https://peer.test/n'),
    to: mostly('as:Public'),
  }),
);

it('whatever an answer, a vote or a followed post says → one outcome, and no fault of ours', async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(aboutOurs, document, async (members, served) => {
      const blog = await createDoingBlog();
      const ann = blog.peer();
      const original = { ...JSON.parse(JSON.stringify(served)), id: 'https://peer.test/served', type: 'Note' };
      blog.remote.serve(original.id, { ...original, attributedTo: ANN, to: 'as:Public', content: MARK });
      const sent = { id: 'https://peer.test/a/1', actor: ANN, ...JSON.parse(JSON.stringify(members)) };
      const outcome = await blog.receive(ann.send(sent));
      expectOneOutcome(blog, outcome);
      if (outcome.kind === 'accepted') for (const { type } of outcome.effects) kinds.add(type);
      for (const { content } of await blog.store.reading.newest(10)) expect(Array.isArray(content.text)).toBe(true);
    }),
    { numRuns: 500 },
  );
  const expected = ['store-following', 'store-consent', 'count-vote', 'store-reading', 'remove-reading'];
  expect([...kinds]).toEqual(expect.arrayContaining(expected));
});

it('whatever the headers say, when no key fits → refused, and nothing is written', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
    fc.constantFrom(
      'keyId="https://peer.test/users/ann#main-key",headers="(request-target) date digest",signature="AAAA"',
      ...['sig1=("@method" "@target-uri" "content-digest");created=1;keyid="https://peer.test/users/ann#main-key"'],
      ...[
        'sig1=:AAAA:',
        'SHA-256=AAAA',
        'sha-256=:AAAA:',
        new Date(NOW).toUTCString(),
        'blog.test',
        'sig1=()',
        '"',
        '=,=',
      ],
    ),
  );
  const headers = fc.record(
    {
      signature: text,
      'signature-input': text,
      digest: text,
      'content-digest': text,
      date: text,
      host: text,
      authorization: text,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(headers, activity, async (named, json) => {
      const { blog, writes } = setUp();
      const request = unsignedRequest(JSON.stringify(json));
      for (const [name, each] of Object.entries(named)) request.headers.set(name, each.replace(/[^\x20-\x7e]/g, ''));
      const outcome = await blog.receive(request);
      expectOneOutcome(blog, outcome);
      expect(outcome.kind).not.toBe('accepted');
      expect(writes.filter((write) => write !== 'actors.put')).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});
