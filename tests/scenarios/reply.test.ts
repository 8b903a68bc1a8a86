import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { act, create, note, noteId, PUBLIC } from '../remote/activities.ts';
import { BLOG, type FakeBlog, PAGE, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

describe.each(STORES)('replies, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  let ben: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
    ben = blog.peer({ host: 'other.test', name: 'ben' });
  });

  it.each(['Note', 'Article', 'Page', 'Question'])(
    'Create of a %s that answers a post → in its thread',
    async (type) => {
      expect(await blog.hear(ann, create(ann, note(ann, 'Hello', { type })))).toBe('accepted');
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello']);
      expect(await blog.notified()).toEqual(['reply']);
    },
  );

  it('it answers the page instead of the id → in the thread of that post', async () => {
    await blog.hear(ann, create(ann, note(ann, 'Hello', { inReplyTo: PAGE })));
    expect(await blog.thread(POST)).toEqual(['reply @ann@peer.test: Hello']);
  });

  it('a reply to a reply, and a reply to that → all in one thread', async () => {
    await blog.hear(ann, create(ann, note(ann, 'one')));
    await blog.hear(ben, create(ben, note(ben, 'two', { inReplyTo: noteId(ann, 'one') })));
    await blog.hear(ann, create(ann, note(ann, 'three', { inReplyTo: noteId(ben, 'two') })));
    expect(await blog.thread()).toEqual([
      'reply @ann@peer.test: one',
      'reply @ben@other.test: two',
      'reply @ann@peer.test: three',
    ]);
    expect((await blog.stored()).find(({ id }) => id === noteId(ann, 'three'))?.inReplyTo).toBe(noteId(ben, 'two'));
  });

  it('a reply that comes before what it answers → moves into the thread when that comes', async () => {
    const second = note(ben, 'two', { inReplyTo: noteId(ann, 'one'), tag: [{ type: 'Mention', href: BLOG.actor }] });
    expect(await blog.hear(ben, create(ben, second))).toBe('accepted');
    expect(await blog.thread()).toEqual([]);
    await blog.hear(ann, create(ann, note(ann, 'one')));
    expect([...(await blog.thread())].sort()).toEqual(['reply @ann@peer.test: one', 'reply @ben@other.test: two']);
  });

  it('sent twice, by the same and by another activity → there once, and told once', async () => {
    const activity = create(ann, note(ann, 'Hello'));
    await blog.hear(ann, activity);
    expect(await blog.hear(ann, activity)).toBe('already-seen');
    await blog.hear(ann, create(ann, note(ann, 'Hello')));
    expect(await blog.thread()).toHaveLength(1);
    expect(await blog.notified()).toEqual(['reply']);
  });

  it('Update → the new text in the old place; an older Update afterwards → nothing', async () => {
    await blog.hear(ann, create(ann, note(ann, 'Hello')));
    await blog.hear(ben, create(ben, note(ben, 'after')));
    const edited = note(ann, 'Hello', { content: '<p>Edited</p>', updated: '2026-11-23T11:59:40Z' });
    expect(await blog.hear(ann, act(ann, 'Update', edited))).toBe('accepted');
    const stale = note(ann, 'Hello', { content: '<p>Stale</p>', updated: '2026-11-23T11:59:20Z' });
    expect(await blog.hear(ann, act(ann, 'Update', stale))).toBe('outdated');
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: Edited', 'reply @ben@other.test: after']);
    expect(await blog.notified()).toEqual(['reply', 'reply']);
  });

  it('Update before its Create → counts as the Create, which then changes nothing', async () => {
    const edited = note(ann, 'Hello', { content: '<p>Edited</p>', updated: '2026-11-23T12:00:00Z' });
    expect(await blog.hear(ann, act(ann, 'Update', edited))).toBe('accepted');
    expect(await blog.hear(ann, create(ann, note(ann, 'Hello')))).toBe('outdated');
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: Edited']);
  });

  const tombstone = (id: string): JsonObject => ({ id, type: 'Tombstone' });
  it.each([
    ['by id', (id: string) => id],
    ['with a Tombstone', tombstone],
  ])('Delete %s → gone from the thread, what answers it stays', async (_how, object) => {
    await blog.hear(ann, create(ann, note(ann, 'one')));
    await blog.hear(ben, create(ben, note(ben, 'two', { inReplyTo: noteId(ann, 'one') })));
    expect(await blog.hear(ann, act(ann, 'Delete', object(noteId(ann, 'one')), { to: [PUBLIC] }))).toBe('accepted');
    expect(await blog.thread()).toEqual(['reply @ben@other.test: two']);
  });

  it('Delete before its Create → the Create is ignored', async () => {
    await blog.hear(ann, act(ann, 'Delete', noteId(ann, 'Hello')));
    expect(await blog.hear(ann, create(ann, note(ann, 'Hello')))).toBe('undone');
    expect(await blog.stored()).toEqual([]);
  });

  it('Delete or Update of what somebody else wrote → refused, and it stays', async () => {
    await blog.hear(ann, create(ann, note(ann, 'Hello')));
    expect(await blog.hear(ben, act(ben, 'Delete', noteId(ann, 'Hello')))).toBe('object-on-another-host');
    const zed = blog.peer({ name: 'zed' });
    await blog.hear(zed, act(zed, 'Delete', noteId(ann, 'Hello')));
    expect(await blog.hear(zed, act(zed, 'Update', note(ann, 'Hello', { content: 'taken' })))).toBe('not-the-author');
    const taken = note(ann, 'Hello', { content: 'taken', attributedTo: zed.actor, updated: '2026-11-23T12:30:00Z' });
    await blog.hear(zed, act(zed, 'Update', taken));
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello']);
  });

  it('a mention outside every thread → kept for the owner, in no thread', async () => {
    const mention = note(ann, 'Look', { inReplyTo: null, tag: [{ type: 'Mention', href: BLOG.actor }] });
    expect(await blog.hear(ann, create(ann, mention))).toBe('accepted');
    expect(await blog.stored()).toMatchObject([{ kind: 'mention', target: BLOG.actor }]);
    expect(await blog.thread()).toEqual([]);
    expect(await blog.notified()).toEqual(['mention']);
  });

  it('a post that is only named → fetched from its server, once', async () => {
    const named = note(ann, 'Hello');
    blog.remote.serve(noteId(ann, 'Hello'), named);
    expect(await blog.hear(ann, act(ann, 'Create', noteId(ann, 'Hello'), { cc: [BLOG.actor] }))).toBe('accepted');
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello']);
    expect(blog.remote.gets).toEqual([ann.actor, noteId(ann, 'Hello')]);
  });

  it('an answer to a poll, and what does not concern the blog → ignored with a reason', async () => {
    const vote = { ...note(ann, 'vote', { name: 'Yes' }), content: null };
    expect(await blog.hear(ann, create(ann, vote))).toBe('not-our-poll');
    const stranger = note(ann, 'else', { inReplyTo: 'https://third.test/notes/1', cc: [] });
    expect(await blog.hear(ann, create(ann, stranger))).toBe('not-concerned');
    expect(await blog.stored()).toEqual([]);
  });
});
