import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rules } from '../../federation/rules.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { enforceBlocks } from '../../server/enforce-blocks.ts';
import { readReading } from '../../server/read-reading.ts';
import { entryTitle } from '../../server/reading-feed.ts';
import { keepUp } from '../../server/upkeep.ts';
import { act, create, note, noteId, PUBLIC, undo } from '../remote/activities.ts';
import { createDoingBlog, FOLLOW, retell } from '../remote/doing-blog.ts';
import { BLOG, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { NEAR_STORES, type TestStore } from '../remote/stores.ts';

const DAY_MS = 86_400_000;

describe.each(NEAR_STORES)('those whom the blog follows, with the store in %s', (_name, open) => {
  let opened: TestStore;
  let blog: FakeBlog;
  let ann: Peer;
  let bob: Peer;
  beforeEach(async () => {
    opened = await open();
    blog = await createDoingBlog(opened.blog);
    ann = blog.peer();
    bob = blog.peer({ host: 'third.test', name: 'bob' });
  });
  afterEach(() => opened.close());

  /** A public post of a peer that has nothing to do with the blog. */
  const post = (peer: Peer, name: string, more: JsonObject = {}): JsonObject =>
    note(peer, name, { inReplyTo: null, cc: [`${peer.actor}/followers`], ...more });
  const read = async () => (await readReading(blog, 100)).map(entryTitle);
  const rules = (more: Partial<Rules>): void => {
    blog.rules = { ...blog.rules, ...more };
  };
  const boostOf = (object: string, more: JsonObject = {}): JsonObject =>
    act(ann, 'Announce', object, { to: [PUBLIC], ...more });
  const serve = (name: string, more: JsonObject = {}): string => {
    blog.remote.serve(noteId(bob, name), post(bob, name, more));
    return noteId(bob, name);
  };

  it('a post of theirs appears, changes with its edit, and goes with its Delete', async () => {
    expect(await blog.hear(ann, create(ann, post(ann, 'tea')))).toBe('accepted');
    expect(await read()).toEqual(['@ann@peer.test: tea']);
    const edited = post(ann, 'tea', { content: '<p>coffee</p>', updated: '2026-11-23T11:59:30Z' });
    expect(await blog.hear(ann, act(ann, 'Update', edited, { to: [PUBLIC] }))).toBe('accepted');
    expect(await read()).toEqual(['@ann@peer.test: coffee']);
    expect(await blog.hear(ann, create(ann, post(ann, 'tea')))).toBe('outdated');
    expect(await blog.hear(ann, act(ann, 'Delete', noteId(ann, 'tea')))).toBe('accepted');
    expect(await read()).toEqual([]);
    expect(await blog.hear(ann, create(ann, post(ann, 'tea')))).toBe('undone');
    expect([await blog.notified(), await blog.stored()]).toEqual([[], []]);
  });

  it('what is about the blog goes where it always went, and is not read twice', async () => {
    expect(await blog.hear(ann, create(ann, note(ann, 'hello')))).toBe('accepted');
    expect(await blog.thread(POST)).toEqual(['reply @ann@peer.test: hello']);
    expect(await read()).toEqual([]);
  });

  it('only what is public is kept, quiet or not; what becomes private goes', async () => {
    const quiet = post(ann, 'quiet', { to: [`${ann.actor}/followers`], cc: [PUBLIC] });
    expect(await blog.hear(ann, create(ann, quiet))).toBe('accepted');
    const hidden = post(ann, 'hidden', { to: [`${ann.actor}/followers`], cc: [] });
    expect(await blog.hear(ann, create(ann, hidden))).toBe('not-public');
    expect(await read()).toEqual(['@ann@peer.test: quiet']);
    const withdrawn = { ...quiet, cc: [], updated: '2026-11-23T11:59:30Z' };
    expect(await blog.hear(ann, act(ann, 'Update', withdrawn, { to: [`${ann.actor}/followers`] }))).toBe('accepted');
    expect(await read()).toEqual([]);
    expect(await blog.hear(ann, create(ann, quiet))).toBe('withdrawn');
  });

  it('becomes private by an edit that comes before the post → not kept', async () => {
    const edited = post(ann, 'tea', { to: [`${ann.actor}/followers`], cc: [], updated: '2026-11-23T11:59:30Z' });
    await blog.hear(ann, act(ann, 'Update', edited, { to: [`${ann.actor}/followers`] }));
    expect(await blog.hear(ann, create(ann, post(ann, 'tea')))).toBe('withdrawn');
    expect(await read()).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ['whom the blog does not follow', () => retell(blog.store, FOLLOW, { state: 'deleted' })],
    ['who refused the Follow', () => blog.hear(ann, act(ann, 'Reject', `${BLOG.origin}/ap/activities/follow/1`))],
    [
      'where the profile asks for nothing',
      () => {
        const { reading: _, ...rest } = blog.rules;
        blog.rules = rest;
      },
    ],
  ])('a post of somebody %s → nothing is kept', async (_whom, change) => {
    await change();
    expect(await blog.hear(ann, create(ann, post(ann, 'tea')))).toBe('not-concerned');
    expect(await blog.store.reading.newest(10)).toEqual([]);
  });

  it('a post of somebody whom nobody follows costs no look at any other server', async () => {
    expect(await blog.hear(bob, create(bob, post(bob, 'tea')))).toBe('not-concerned');
    expect(blog.remote.gets).toEqual([bob.actor]);
  });

  it('a boost → the original, by its own server, with who boosted; its Undo takes it away', async () => {
    const boost = boostOf(serve('tea'));
    expect(await blog.hear(ann, boost)).toBe('accepted');
    expect(await read()).toEqual(['@ann@peer.test boosted @bob@third.test: tea']);
    expect(blog.remote.gets).toEqual([ann.actor, noteId(bob, 'tea'), bob.actor]);
    expect(await blog.hear(ann, undo(ann, boost))).toBe('accepted');
    expect(await read()).toEqual([]);
    expect(await blog.hear(ann, { ...boost })).toBe('already-seen');
  });

  it('a line of following.csv without boosts, or with languages → the rest is not kept', async () => {
    const reading = { days: 30, boosts: true, withoutBoosts: [ann.actor], languages: { [ann.actor]: ['de'] } };
    rules({ reading });
    expect(await blog.hear(ann, boostOf(serve('tea')))).toBe('boosts-not-read');
    expect(blog.remote.gets).toEqual([ann.actor]);
    const inLanguage = (name: string, language: string) =>
      create(ann, post(ann, name, { contentMap: { [language]: `<p>${name}</p>` } }));
    expect(await blog.hear(ann, inLanguage('milk', 'en'))).toBe('other-language');
    expect(await blog.hear(ann, inLanguage('Milch', 'de-AT'))).toBe('accepted');
    expect(await blog.hear(ann, create(ann, post(ann, 'lait')))).toBe('accepted');
    expect((await read()).sort()).toEqual(['@ann@peer.test: Milch', '@ann@peer.test: lait']);
  });

  it('the Undo comes first, or names another id → the boost is not kept', async () => {
    const late = boostOf(serve('tea'));
    await blog.hear(ann, undo(ann, late));
    expect(await blog.hear(ann, late)).toBe('undone');
    await blog.hear(ann, boostOf(serve('milk')));
    await blog.hear(ann, undo(ann, boostOf(noteId(bob, 'milk'))));
    expect(await read()).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['of a private post', { to: [`https://third.test/followers`], cc: [] }, 'boost-not-public'],
    ['of what is no text', { type: 'Video' }, 'unsupported-object'],
    ['of what somebody of another server wrote', { attributedTo: 'https://evil.test/users/x' }, 'boost-unavailable'],
    ['of what says that it is something else', { id: 'https://third.test/notes/other' }, 'boost-unavailable'],
  ])('a boost %s → not kept', async (_what, more, reason) => {
    blog.remote.serve(noteId(bob, 'tea'), post(bob, 'tea', more));
    expect(await blog.hear(ann, boostOf(noteId(bob, 'tea')))).toBe(reason);
    expect(await read()).toEqual([]);
  });

  it('what a boost embeds is nobody’s word', async () => {
    const embedded = post(bob, 'tea', { content: '<p>forged</p>' });
    expect(await blog.hear(ann, act(ann, 'Announce', embedded, { to: [PUBLIC] }))).toBe('boost-unavailable');
    serve('tea');
    expect(await blog.hear(ann, act(ann, 'Announce', embedded, { to: [PUBLIC] }))).toBe('accepted');
    expect(await read()).toEqual(['@ann@peer.test boosted @bob@third.test: tea']);
  });

  it('boosts are not asked for → nothing is fetched', async () => {
    rules({ reading: { days: 30, boosts: false } });
    expect(await blog.hear(ann, boostOf(serve('tea')))).toBe('boosts-not-read');
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it('who is blocked is read no more, also where somebody boosts them', async () => {
    await blog.hear(ann, boostOf(serve('tea')));
    const block = { name: 'third.test', severity: 'block', source: 'x' } as const;
    rules({ blocks: { hosts: [block], accounts: [] } });
    expect(await read()).toEqual([]);
    expect(await blog.hear(ann, boostOf(serve('milk')))).toBe('blocked');
    const deps = { store: blog.store, clock: () => blog.now, log: () => {} };
    expect(await enforceBlocks(deps, blog.rules)).toMatchObject({ read: 1, accounts: 1 });
    expect(await blog.store.reading.newest(10)).toEqual([]);
  });

  it('the upkeep drops what is older than the profile says, and all of whom the blog follows no more', async () => {
    const deps = { store: blog.store, site: blog.site, clock: () => blog.now, log: () => {} };
    await blog.hear(ann, act(ann, 'Accept', `${BLOG.origin}/ap/activities/follow/1`));
    await blog.hear(ann, create(ann, post(ann, 'tea')));
    blog.now += 29 * DAY_MS;
    await blog.hear(ann, create(ann, post(ann, 'milk', { published: new Date(blog.now).toISOString() })));
    expect(await blog.hear(ann, create(ann, post(ann, 'old', { published: '2019-01-01T00:00:00Z' })))).toBe('too-old');
    blog.now += 2 * DAY_MS;
    await keepUp(deps);
    expect(await read()).toEqual(['@ann@peer.test: milk']);
    await retell(blog.store, FOLLOW, { state: 'deleted' });
    await keepUp(deps);
    expect(await blog.store.reading.newest(10)).toEqual([]);
    expect(await blog.store.following.get(ann.actor)).toBeUndefined();
  });

  it('an actor that is deleted leaves nothing to read', async () => {
    await blog.hear(ann, act(ann, 'Accept', `${BLOG.origin}/ap/activities/follow/1`));
    await blog.hear(ann, create(ann, post(ann, 'tea')));
    expect(await blog.hear(ann, act(ann, 'Delete', ann.actor))).toBe('accepted');
    expect(await blog.store.reading.newest(10)).toEqual([]);
  });
});
