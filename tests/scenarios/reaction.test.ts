import { describe, expect, it } from 'vitest';
import { undoneMark } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { act, boost, like, undo } from '../remote/activities.ts';
import { BLOG, type FakeBlog, PAGE, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

describe.each(STORES)('likes and boosts, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
  });

  it.each([
    ['a Like', (peer: Peer) => like(peer), 'like @ann@peer.test'],
    ['a Like of the page', (peer: Peer) => act(peer, 'Like', PAGE), 'like @ann@peer.test'],
    ['a Misskey Like with a character', (peer: Peer) => like(peer, { content: '🎉' }), 'like @ann@peer.test: 🎉'],
    ['a Misskey reaction', (peer: Peer) => like(peer, { _misskey_reaction: '👍' }), 'like @ann@peer.test: 👍'],
    ['an EmojiReact', (peer: Peer) => act(peer, 'EmojiReact', POST, { content: '🐈' }), 'like @ann@peer.test: 🐈'],
    ['an Announce', (peer: Peer) => boost(peer), 'boost @ann@peer.test'],
    [
      'an Announce with a copy of the post embedded',
      (peer: Peer) => boost(peer, { object: { id: POST, type: 'Article', content: 'not ours' } }),
      'boost @ann@peer.test',
    ],
  ])('%s → one at the post', async (_what, activity, expected) => {
    expect(await blog.hear(ann, activity(ann))).toBe('accepted');
    expect(await blog.thread()).toEqual([expected]);
  });

  it('a custom emoji comes with its picture', async () => {
    const tag = [{ type: 'Emoji', name: ':blob:', icon: { type: 'Image', url: 'https://peer.test/blob.png' } }];
    await blog.hear(ann, like(ann, { content: ':blob:', tag }));
    expect(await blog.stored()).toMatchObject([{ emoji: { text: ':blob:', icon: 'https://peer.test/blob.png' } }]);
  });

  it('two Likes, then a reaction, of one person → the last counts; a boost beside it', async () => {
    await blog.hear(ann, like(ann));
    await blog.hear(ann, like(ann));
    await blog.hear(ann, act(ann, 'EmojiReact', POST, { content: '🎉' }));
    await blog.hear(ann, boost(ann));
    await blog.hear(ann, boost(ann));
    expect(await blog.thread()).toEqual(['like @ann@peer.test: 🎉', 'boost @ann@peer.test']);
    expect(await blog.store.interactions.counts(POST)).toEqual({ replies: 0, quotes: 0, likes: 1, boosts: 1 });
  });

  type Form = (activity: JsonObject) => JsonObject[string];
  const forms: readonly (readonly [string, Form])[] = [
    ['by id', ({ id = null }) => id],
    ['embedded', (activity) => activity],
    ['embedded without actor (activitypub-bot)', ({ actor: _, ...activity }) => activity],
    [
      'embedded with an id that was never sent',
      (activity) => ({ ...activity, id: 'https://peer.test/activities/other' }),
    ],
    ['embedded without id', ({ id: _, ...activity }) => activity],
    ['embedded with the post embedded', (activity) => ({ ...activity, object: { id: POST, type: 'Article' } })],
  ];
  const kinds: readonly (readonly [string, (peer: Peer) => JsonObject])[] = [
    ['Like', like],
    ['EmojiReact', (peer) => act(peer, 'EmojiReact', POST, { content: '🎉' })],
    ['Announce', boost],
  ];
  const cases = kinds.flatMap(([type, made]) => forms.map(([form, form_]) => ({ type, made, form, undone: form_ })));
  it.each(cases)('Undo of a $type $form → gone, and the same person may do it again', async ({ made, undone }) => {
    const done = made(ann);
    await blog.hear(ann, done);
    expect(await blog.hear(ann, undo(ann, undone(done)))).toBe('accepted');
    expect(await blog.stored()).toEqual([]);
    expect(await blog.hear(ann, made(ann))).toBe('accepted');
    expect(await blog.thread()).toHaveLength(1);
  });

  it.each(kinds)(
    'Undo of a %s before it comes, by id and embedded → it does not come any more',
    async (_type, made) => {
      for (const undone of [(each: JsonObject) => each.id ?? null, (each: JsonObject) => each]) {
        const late = made(ann);
        expect(await blog.hear(ann, undo(ann, undone(late)))).toBe('accepted');
        expect(await blog.hear(ann, late)).toBe('undone');
        expect(await blog.stored()).toEqual([]);
      }
    },
  );

  it('Undo by another → refused, and what another marked undoes nothing', async () => {
    const eve = blog.peer({ name: 'eve' });
    const done = like(ann);
    expect(await blog.hear(eve, undo(eve, done))).toBe('undo-of-another');
    await blog.hear(eve, undo(eve, done.id ?? null));
    expect(await blog.hear(ann, done)).toBe('accepted');
    await blog.hear(eve, undo(eve, done.id ?? null));
    expect(await blog.thread()).toEqual(['like @ann@peer.test']);
    expect(await blog.store.inbound.seen(undoneMark(ann.actor, String(done.id)))).toBe(false);
  });

  it.each([
    ['an Announce that is not public', (peer: Peer) => boost(peer, { to: [BLOG.actor], cc: [] }), 'not-public'],
    [
      'an Announce of an activity (Lemmy)',
      (peer: Peer) => boost(peer, { object: { id: 'https://peer.test/x', type: 'Create', object: POST } }),
      'wrapped-activity',
    ],
    [
      'an Announce of somebody else’s post (a relay)',
      (peer: Peer) => boost(peer, { object: 'https://x.test/1' }),
      'not-concerned',
    ],
    [
      'a Like of what the blog has not',
      (peer: Peer) => act(peer, 'Like', `${BLOG.origin}/ap/posts/no.json`),
      'not-concerned',
    ],
    ['a Dislike', (peer: Peer) => act(peer, 'Dislike', POST), 'unsupported-type'],
    ['an Add', (peer: Peer) => act(peer, 'Add', POST), 'unsupported-type'],
  ])('%s → ignored with a reason', async (_what, activity, reason) => {
    expect(await blog.hear(ann, activity(ann))).toBe(reason);
    expect(await blog.stored()).toEqual([]);
  });
});
