import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { act, create, follow, note, noteId, undo } from '../remote/activities.ts';
import { BLOG, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { dumpOf, STORES, type TestStore } from '../remote/stores.ts';

const SECRET = 'between-you-and-me';

describe.each(STORES)('what is not public, with the store in %s', (_name, open) => {
  let opened: TestStore;
  let blog: FakeBlog;
  let ann: Peer;
  openEachBlog(open, (scene) => {
    ({ opened, blog, ann } = scene);
  });

  const secret = (more: JsonObject = {}): JsonObject =>
    note(ann, 'dm', { content: `<p>${SECRET}</p>`, to: [BLOG.actor], cc: [], ...more });

  it.each([
    ['a reply to the blog alone', {}],
    ['a reply to followers', { to: ['https://peer.test/users/ann/followers'], cc: [BLOG.actor] }],
    ['a mention without a thread', { inReplyTo: null, tag: [{ type: 'Mention', href: BLOG.actor }] }],
    ['one with the public collection in bto alone', { bto: ['https://www.w3.org/ns/activitystreams#Public'] }],
  ])('%s → sealed for the owner, in no thread and no interaction', async (_what, more) => {
    const object = secret(more);
    expect(await blog.hear(ann, create(ann, object, { to: [BLOG.actor], cc: [] }))).toBe('accepted');
    expect(await blog.stored()).toEqual([]);
    expect(await blog.thread()).toEqual([]);
    expect(await blog.messages()).toMatchObject([{ kind: 'message', actor: ann.actor, id: object.id }]);
    expect(JSON.stringify(await blog.messages())).toContain(SECRET);
    expect(await blog.notified()).toEqual(['message']);
  });

  it('its words and its id are nowhere in the store, nor in the log', async () => {
    const warning = 'a-private-warning';
    const object = secret({
      summary: warning,
      attachment: [{ type: 'Image', url: 'https://peer.test/hidden-picture' }],
    });
    await blog.hear(ann, create(ann, object));
    await blog.hear(ann, act(ann, 'Flag', [BLOG.actor, POST], { content: 'a-private-report' }));
    expect(await blog.messages()).toHaveLength(2);
    const everything = `${await dumpOf(blog.store)}\n${opened.bytes()}\n${JSON.stringify(blog.lines)}`;
    for (const word of [SECRET, warning, 'hidden-picture', 'a-private-report']) expect(everything).not.toContain(word);
    // What the search would find if it were there.
    await blog.hear(ann, create(ann, note(ann, 'said-aloud')));
    expect(`${await dumpOf(blog.store)}`).toContain('said-aloud');
    if (opened.bytes() !== '') expect(opened.bytes()).toContain('said-aloud');
  });

  it.each(['as:Public', 'Public', 'https://www.w3.org/ns/activitystreams#Public'])(
    'addressed to %s → public',
    async (to) => {
      await blog.hear(ann, create(ann, note(ann, 'hi', { to, cc: [] }), { to: [], cc: [] }));
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: hi']);
      expect(await blog.messages()).toEqual([]);
    },
  );

  it('an object that is not public in an activity that is → not shown', async () => {
    await blog.hear(ann, create(ann, secret(), { to: ['as:Public'] }));
    expect(await blog.stored()).toEqual([]);
    expect(await blog.messages()).toHaveLength(1);
  });

  it('an object that names nobody → public when its activity is, a message when it is not', async () => {
    const { to: _, cc: __, ...bare } = note(ann, 'bare');
    await blog.hear(ann, create(ann, { ...bare, id: noteId(ann, 'one') }, { to: ['as:Public'] }));
    await blog.hear(ann, create(ann, { ...bare, id: noteId(ann, 'two') }, { to: [BLOG.actor] }));
    expect(await blog.thread()).toHaveLength(1);
    expect(await blog.messages()).toMatchObject([{ id: noteId(ann, 'two') }]);
  });

  it('what was public and is edited to be private → gone from the thread', async () => {
    await blog.hear(ann, create(ann, note(ann, 'dm')));
    await blog.hear(ann, act(ann, 'Update', secret({ updated: '2026-11-23T11:59:30Z' })));
    expect(await blog.thread()).toEqual([]);
    expect(await blog.messages()).toHaveLength(1);
  });

  it('sent twice and edited → one message, with the last words', async () => {
    await blog.hear(ann, create(ann, secret()));
    await blog.hear(ann, act(ann, 'Update', secret({ content: 'the last word' })));
    expect(await blog.messages()).toMatchObject([{ text: ['the last word'] }]);
  });

  it('Delete by its author → gone; by another → stays', async () => {
    await blog.hear(ann, create(ann, secret()));
    const eve = blog.peer({ name: 'eve' });
    await blog.hear(eve, act(eve, 'Delete', noteId(ann, 'dm')));
    expect(await blog.store.messages.count()).toBe(1);
    await blog.hear(ann, act(ann, 'Delete', noteId(ann, 'dm')));
    expect(await blog.store.messages.count()).toBe(0);
  });

  it('Delete of the actor → its messages are gone as well', async () => {
    await blog.hear(ann, follow(ann));
    await blog.hear(ann, create(ann, secret()));
    await blog.hear(ann, act(ann, 'Delete', ann.actor));
    expect(await blog.store.messages.count()).toBe(0);
  });

  it('a Flag → kept for the owner with what it names; its Undo takes it back', async () => {
    const flag = act(ann, 'Flag', [BLOG.actor, POST, 'https://third.test/1'], { content: 'Spam!' });
    await blog.hear(ann, flag);
    expect(await blog.messages()).toMatchObject([
      { kind: 'report', about: [BLOG.actor, POST, 'https://third.test/1'] },
    ]);
    expect(await blog.notified()).toEqual(['report']);
    await blog.hear(ann, undo(ann, flag));
    expect(await blog.store.messages.count()).toBe(0);
  });

  it('without a key to seal for → ignored, nothing stored', async () => {
    const { messageKey: _, ...rules } = blog.rules;
    blog.rules = rules;
    expect(await blog.hear(ann, create(ann, secret()))).toBe('no-message-key');
    expect(await blog.store.messages.count()).toBe(0);
  });

  it('a key that cannot be used → 503, and nothing is stored as it came', async () => {
    blog.rules = { ...blog.rules, messageKey: { kty: 'EC', crv: 'P-256', x: 'no', y: 'key' } };
    const outcome = await blog.receive(ann.send(create(ann, secret())));
    expect(outcome).toMatchObject({ kind: 'refused', status: 503 });
    expect(await dumpOf(blog.store)).not.toContain(SECRET);
    expect(JSON.stringify(blog.lines)).not.toContain(SECRET);
  });

  it('who sent it is stored as a digest', async () => {
    await blog.hear(ann, create(ann, secret()));
    const { items } = await blog.store.messages.list({ limit: 1 });
    expect(items).toMatchObject([{ object: sha256Hex(noteId(ann, 'dm')), sender: sha256Hex(ann.actor) }]);
  });
});
