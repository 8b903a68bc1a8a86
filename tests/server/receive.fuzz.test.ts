import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { BLOG, createFakeBlog, type FakeBlog, NOW, POST } from '../remote/fake-blog.ts';
import { type Peer, unsignedRequest } from '../remote/fake-remote.ts';
import { countingStore } from '../remote/watched-store.ts';
import { ANN, document, expectOneOutcome, MARK, type, value } from './hostile-values.ts';

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
