import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from '../../federation/rules.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { act, boost, create, like, note, noteId, PUBLIC } from '../remote/activities.ts';
import { BLOG, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

describe.each(STORES)('somebody with a valid key and bad intentions, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  let hub: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
    hub = blog.peer({ host: 'hub.test', name: 'hub' });
  });

  const asks = (instrument: JsonObject, more: JsonObject = {}): JsonObject =>
    act(ann, 'QuoteRequest', POST, { instrument, ...more });
  const hold = () => ({ ...DEFAULT_RULES.replies, firstTimers: 'hold' as const });

  it('a forwarded Delete by the id of an activity, which its origin never serves → nothing is gone', async () => {
    const said = create(ann, note(ann, 'Hello'));
    const liked = like(ann);
    const boosted = boost(ann);
    for (const activity of [said, liked, boosted]) await blog.hear(ann, activity);
    for (const { id } of [said, liked, boosted]) {
      expect(await blog.hear(hub, act(ann, 'Delete', String(id)))).toBe('forwarded');
    }
    expect(await blog.thread()).toHaveLength(3);
  });

  it('a Like under the id of a held reply → the reply waits, and the next one, too', async () => {
    blog.rules = { ...blog.rules, replies: hold() };
    await blog.hear(ann, create(ann, note(ann, 'first')));
    await blog.hear(ann, like(ann, { id: noteId(ann, 'first') }));
    await blog.hear(ann, create(ann, note(ann, 'second')));
    expect((await blog.stored()).filter(({ kind }) => kind === 'reply').map(({ state }) => state)).toEqual([
      'held',
      'held',
    ]);
  });

  it('a shown reply that becomes a quote where the owner is asked → the owner is asked', async () => {
    blog.rules = { ...blog.rules, quotes: 'ask' };
    await blog.hear(ann, create(ann, note(ann, 'Hello')));
    await blog.hear(ann, asks(note(ann, 'Hello', { quote: POST })));
    expect(await blog.queued()).toEqual([]);
    expect(await blog.notified()).toEqual(['reply', 'quote-request']);
  });

  it('a reply in a closed thread under the id of the Create of an earlier one → not taken', async () => {
    const said = create(ann, note(ann, 'Hello'));
    await blog.hear(ann, said);
    blog.rules = { ...blog.rules, replies: { ...DEFAULT_RULES.replies, from: 'nobody' } };
    const again = note(ann, 'more', { id: String(said.id), updated: '2026-11-23T11:59:40Z' });
    expect(await blog.hear(ann, act(ann, 'Update', again))).toBe('replies-closed');
    expect(await blog.stored()).toHaveLength(1);
  });

  it('what became private stays so when an older, public state of it comes late', async () => {
    const open = note(ann, 'Hello');
    const hidden = note(ann, 'Hello', { to: [BLOG.actor], cc: [], updated: '2026-11-23T11:59:40Z' });
    await blog.hear(ann, create(ann, open));
    await blog.hear(ann, act(ann, 'Update', hidden));
    expect(await blog.thread()).toEqual([]);
    const late = note(ann, 'Hello', { content: 'late', updated: '2026-11-23T11:59:20Z' });
    await blog.hear(ann, act(ann, 'Update', late, { to: [PUBLIC] }));
    expect(await blog.thread()).toEqual([]);
  });

  it('and so when the edit that makes it private comes first', async () => {
    const hidden = note(ann, 'Hello', { to: [BLOG.actor], cc: [], updated: '2026-11-23T11:59:40Z' });
    await blog.hear(ann, act(ann, 'Update', hidden));
    expect(await blog.hear(ann, create(ann, note(ann, 'Hello')))).toBe('withdrawn');
    await blog.hear(ann, asks(note(ann, 'Hello', { quote: POST })));
    expect(await blog.stored()).toEqual([]);
  });
});

describe.each(STORES)('somebody who does not stop, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
  });

  it('more messages and reports in a day than anybody writes → no more are kept', async () => {
    const secret = (name: string) => create(ann, note(ann, name, { to: [BLOG.actor], cc: [] }));
    await blog.hear(ann, secret('m0'));
    const [first] = (await blog.store.messages.list({ limit: 1 })).items;
    if (first === undefined) throw new Error('no message');
    // Most of them straight into the store: hundreds of requests are not what this is about.
    for (let index = 1; index < 198; index += 1) {
      await blog.store.messages.put({ ...first, object: noteId(ann, `m${index}`) });
    }
    const said = [];
    for (let index = 198; index < 203; index += 1) said.push(await blog.hear(ann, secret(`m${index}`)));
    expect(said).toEqual(['accepted', 'accepted', 'too-many', 'too-many', 'too-many']);
    expect(await blog.messages()).toHaveLength(200);
    expect(await blog.hear(ann, act(ann, 'Flag', [BLOG.actor], { content: 'x' }))).toBe('too-many');
  });
});
