import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { create, note } from '../remote/activities.ts';
import { createDoingBlog, ENDS, POLL } from '../remote/doing-blog.ts';
import { BLOG, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { NEAR_STORES, type TestStore } from '../remote/stores.ts';

let votes = 0;

/** As Mastodon votes: a Note with a name, for the author of the poll alone. */
function vote(peer: Peer, name: string, more: JsonObject = {}): JsonObject {
  votes += 1;
  const { content: _, ...rest } = note(peer, `vote-${votes}`, {
    name,
    inReplyTo: POLL,
    to: [BLOG.actor],
    cc: [],
    ...more,
  });
  return create(peer, rest);
}

describe.each(NEAR_STORES)('a poll, with the store in %s', (_name, open) => {
  let opened: TestStore;
  let blog: FakeBlog;
  let ann: Peer;
  beforeEach(async () => {
    opened = await open();
    blog = await createDoingBlog(opened.blog);
    ann = blog.peer();
  });
  afterEach(() => opened.close());

  const tally = () => blog.store.answers.tally(POLL);

  it('votes are counted by option; of a voter who votes twice the first stands', async () => {
    const bob = blog.peer({ name: 'bob' });
    expect(await blog.hear(ann, vote(ann, 'Coffee'))).toBe('accepted');
    await blog.hear(ann, vote(ann, 'Tea'));
    await blog.hear(bob, vote(bob, ' Tea '));
    expect(await tally()).toEqual({ votes: [1, 1], voters: 2 });
    expect(await blog.store.answers.voterInboxes(POLL)).toEqual(['https://peer.test/inbox']);
  });

  it('nobody learns who voted, or what: no notification, no message, no reply, and no name in the log', async () => {
    await blog.hear(ann, vote(ann, 'Coffee'));
    await blog.hear(ann, vote(ann, 'Milk'));
    expect([await blog.notified(), await blog.messages(), await blog.stored()]).toEqual([[], [], []]);
    expect(blog.lines).toHaveLength(2);
    expect(JSON.stringify(blog.lines)).not.toMatch(/ann|Coffee|Milk/);
  });

  it('several may be chosen → each once, one voter', async () => {
    const other = await open();
    const many = await createDoingBlog({ ...other.blog, multiple: true });
    const bob = many.peer({ name: 'bob' });
    for (const name of ['Tea', 'Coffee', 'Tea']) await many.hear(bob, vote(bob, name));
    expect(await many.store.answers.tally(POLL)).toEqual({ votes: [1, 1], voters: 1 });
    await other.close();
  });

  it('a vote after the end → ignored; a moment before it → counted', async () => {
    blog.now = Date.parse(ENDS) - 1;
    expect(await blog.hear(ann, vote(ann, 'Tea'))).toBe('accepted');
    blog.now = Date.parse(ENDS);
    const bob = blog.peer({ name: 'bob' });
    expect(await blog.hear(bob, vote(bob, 'Tea'))).toBe('poll-ended');
    expect(await tally()).toEqual({ votes: [1], voters: 1 });
  });

  it.each([
    ['for what is no option', 'Milk', {}, 'unknown-option'],
    ['for no poll', 'Tea', { inReplyTo: POST }, 'not-our-poll'],
    ['for somebody else’s poll', 'Tea', { inReplyTo: 'https://third.test/poll' }, 'not-our-poll'],
    ['of somebody else', 'Tea', { attributedTo: 'https://peer.test/users/zed' }, 'not-the-author'],
  ])('a vote %s → ignored', async (_what, name, more, reason) => {
    expect(await blog.hear(ann, vote(ann, name, more))).toBe(reason);
    expect(await tally()).toEqual({ votes: [], voters: 0 });
  });

  it('words beside the name are a reply, and no vote', async () => {
    const reply = note(ann, 'both', { name: 'Tea', inReplyTo: POLL });
    expect(await blog.hear(ann, create(ann, reply))).toBe('accepted');
    expect(await tally()).toEqual({ votes: [], voters: 0 });
    expect(await blog.thread(POLL)).toHaveLength(1);
  });

  it('somebody who is blocked does not vote', async () => {
    blog.rules = {
      ...blog.rules,
      blocks: { hosts: [{ name: 'peer.test', severity: 'block', source: 'x' }], accounts: [] },
    };
    expect(await blog.hear(ann, vote(ann, 'Tea'))).toBe('blocked');
    expect(await tally()).toEqual({ votes: [], voters: 0 });
  });
});
