import { describe, expect, it } from 'vitest';
import { parseActivity } from '../../../federation/inbox/parse.ts';

const ID = 'https://peer.test/a/1';
const ACTOR = 'https://peer.test/users/ann';
const like = { id: ID, type: 'Like', actor: ACTOR, object: 'https://blog.test/1' };

function parsed(value: unknown) {
  const result = parseActivity(value);
  if (result.kind !== 'activity') throw new Error(`not an activity: ${JSON.stringify(result)}`);
  return result.activity;
}

describe('parseActivity', () => {
  it.each<[string, object]>([
    ['plain', like],
    ['lists of one', { ...like, type: ['Like'], actor: [ACTOR], object: ['https://blog.test/1'] }],
    ['embedded', { ...like, actor: { id: ACTOR, type: 'Person' }, object: { id: 'https://blog.test/1' } }],
    ['a Link', { ...like, object: { type: 'Link', href: 'https://blog.test/1' } }],
    ['an extension type beside a known one', { ...like, type: ['ex:Heart', 'Like'] }],
    ['the same type twice', { ...like, type: ['Like', 'Like'] }],
  ])('reads the same activity from %s', (_form, value) => {
    expect(parsed(value)).toMatchObject({
      id: ID,
      type: 'Like',
      actor: ACTOR,
      object: { id: 'https://blog.test/1' },
    });
  });

  it('gathers recipients from every field, written singly or as a list', () => {
    const activity = parsed({
      ...like,
      to: 'as:Public',
      cc: ['a', 'b'],
      bto: ['c'],
      audience: 'd',
      bcc: [1, null, ''],
    });
    expect(activity.recipients).toEqual(['as:Public', 'a', 'b', 'c', 'd']);
  });

  it('reads an embedded note: what it replies to, mentions and quotes', () => {
    const object = {
      id: 'https://peer.test/n/1',
      type: 'Note',
      content: 'x',
      attributedTo: [{ type: 'Person', id: ACTOR }],
      inReplyTo: ['https://blog.test/1'],
      tag: [
        { type: 'Mention', href: 'https://blog.test/me' },
        { type: 'Hashtag', href: 'https://peer.test/t' },
        'x',
        null,
      ],
      quoteUrl: 'https://blog.test/2',
    };
    expect(parsed({ ...like, type: 'Create', object }).object).toMatchObject({
      attributedTo: [ACTOR],
      inReplyTo: ['https://blog.test/1'],
      mentions: ['https://blog.test/me'],
      quotes: ['https://blog.test/2'],
      vote: false,
    });
  });

  it.each([
    ['a name and no content', { type: 'Note', name: 'yes' }, true],
    ['a name and empty content', { type: 'Note', name: 'yes', content: '' }, true],
    ['a name and content', { type: 'Note', name: 'yes', content: 'x' }, false],
    ['an Article with a name alone', { type: 'Article', name: 'yes' }, false],
  ])('%s → vote is told from note', (_what, object, vote) => {
    expect(parsed({ ...like, type: 'Create', object }).object.vote).toBe(vote);
  });

  it('looks at no more than 256 members of a list', () => {
    const to = Array.from({ length: 1_000 }, (_, index) => `https://peer.test/${index}`);
    expect(parsed({ ...like, to }).recipients).toHaveLength(256);
  });

  it('reads own properties only', () => {
    const inherited: object = Object.create({ id: ID, actor: ACTOR });
    expect(parseActivity(Object.assign(inherited, { type: 'Like', object: 'https://blog.test/1' }))).toMatchObject({
      kind: 'fault',
      reason: 'no-actor',
    });
  });

  it.each(['toString', 'constructor', 'hasOwnProperty', 'Add'])('type %s → unsupported', (type) => {
    expect(parseActivity({ ...like, type }).kind).toBe('unsupported');
  });

  it.each([
    ['https://peer.test:443/a', true],
    ['https://PEER.test/a', true],
    ['https://peer.test:8443/a', false],
    ['http://peer.test/a', false],
    ['https://sub.peer.test/a', false],
    ['https://peer.test.evil.test/a', false],
  ])('id %s is on the host of the actor: %s', (id, expected) => {
    expect(parseActivity({ ...like, id }).kind).toBe(expected ? 'activity' : 'fault');
  });

  it('a Flag may be about many things', () => {
    const object = [ACTOR, { id: 'https://blog.test/1', type: 'Note' }, 7];
    const flag = parsed({ ...like, type: 'Flag', object });
    expect(flag.objects.map(({ id }) => id)).toEqual([ACTOR, 'https://blog.test/1', undefined]);
  });
});
