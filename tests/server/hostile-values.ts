import fc from 'fast-check';
import { expect } from 'vitest';
import { ACTIVITY_TYPES } from '../../federation/inbox/activity.ts';
import type { Outcome } from '../../federation/outcome.ts';
import { BLOG, type FakeBlog, PAGE, POST } from '../remote/fake-blog.ts';

export const ANN = 'https://peer.test/users/ann';
export const MARK = 'SECRET-BODY';

/** Ids that mean something to the blog, and some that nearly do. */
const reference = fc.constantFrom(
  ...[BLOG.actor, BLOG.origin, BLOG.followers, POST, PAGE, ANN, 'https://peer.test/a/1', 'https://victim.test/a'],
  ...['', 'as:Public', 'acct:a@b', 'https://', 'https://blog.test/ap/posts/p1.json#x', '__proto__', 'constructor'],
);

export const type = fc.constantFrom(
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
export const { value } = fc.letrec<{ value: unknown; thing: unknown }>((tie) => ({
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

/** Whatever came: one outcome, one log line without a word of it, and no fault of ours. */
export function expectOneOutcome(blog: FakeBlog, outcome: Outcome): void {
  expect(['accepted', 'ignored', 'refused']).toContain(outcome.kind);
  expect(blog.lines).toHaveLength(1);
  expect(blog.lines[0]?.event).toBe(`inbox.${outcome.kind}`);
  expect(blog.lines[0]?.level).not.toBe('error');
  // Every server here answers, so that whatever is wrong is the sender's.
  if (outcome.kind === 'refused') expect(outcome.status).toBeLessThan(500);
  expect(JSON.stringify(blog.lines)).not.toContain(MARK);
}

/** What an actor's document says, well and badly, beside a key that is good. */
export const document = fc.record(
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
