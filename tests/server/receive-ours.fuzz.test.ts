import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDoingBlog, POLL, QUOTED, QUOTING } from '../remote/doing-blog.ts';
import { BLOG } from '../remote/fake-blog.ts';
import { ANN, document, expectOneOutcome, MARK, value } from './hostile-values.ts';

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
