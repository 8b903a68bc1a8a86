import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { following } from '../../server/routes/following.ts';
import { act } from '../remote/activities.ts';
import { ANN, createDoingBlog, FOLLOW, QUOTED, QUOTING, REQUEST, retell } from '../remote/doing-blog.ts';
import { BLOG, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { NEAR_STORES, type TestStore } from '../remote/stores.ts';

const STAMP = 'https://peer.test/stamps/1';

describe.each(NEAR_STORES)('answers to what the blog asked, with the store in %s', (_name, open) => {
  let opened: TestStore;
  let blog: FakeBlog;
  let ann: Peer;
  let eve: Peer;
  beforeEach(async () => {
    opened = await open();
    blog = await createDoingBlog(opened.blog);
    ann = blog.peer();
    eve = blog.peer({ name: 'eve' });
  });
  afterEach(() => opened.close());

  const followed = (more: JsonObject = {}): JsonObject => ({
    ...{ id: `${BLOG.origin}/ap/activities/follow/1`, type: 'Follow', actor: BLOG.actor, object: ANN },
    ...more,
  });
  const asked = (more: JsonObject = {}): JsonObject => ({
    ...{ id: `${BLOG.origin}/ap/activities/quoterequest/1`, type: 'QuoteRequest', actor: BLOG.actor },
    ...{ object: QUOTED, instrument: QUOTING, ...more },
  });
  const consent = () => blog.store.answers.consent(QUOTING);
  const collection = async (path = ''): Promise<JsonObject> =>
    (await following(blog, new Request(`${BLOG.following}${path}`))).json();

  it.each([
    ['embedded', () => followed()],
    ['named', () => `${BLOG.origin}/ap/activities/follow/1`],
    ['embedded without an object, as the id alone would be', () => followed({ object: null })],
  ])('Accept of our Follow, %s → accepted, told once, and in the following collection', async (_how, object) => {
    const accept = act(ann, 'Accept', object());
    expect(await blog.hear(ann, accept)).toBe('accepted');
    expect(await blog.hear(ann, { ...accept, id: ann.id('again') })).toBe('already-answered');
    expect(await blog.store.following.get(ANN)).toMatchObject({ state: 'accepted', activity: accept.id });
    expect(await blog.notified()).toEqual(['follow-accepted']);
    expect(await collection()).toMatchObject({ totalItems: 1 });
    expect(await collection('?page=true')).toMatchObject({ totalItems: 1, orderedItems: [] });
  });

  it('Reject of our Follow → rejected; of one that was accepted → they ended it', async () => {
    expect(await blog.hear(ann, act(ann, 'Accept', followed()))).toBe('accepted');
    expect(await blog.hear(ann, act(ann, 'Reject', followed()))).toBe('accepted');
    expect(await blog.store.following.get(ANN)).toMatchObject({ state: 'rejected' });
    expect(await blog.notified()).toEqual(['follow-accepted', 'follow-ended']);
    expect(await collection()).toMatchObject({ totalItems: 0 });
  });

  it.each<[string, () => [Peer, JsonObject]]>([
    ['by somebody whom the blog does not follow', () => [eve, act(eve, 'Accept', followed())]],
    ['of a Follow of somebody else', () => [ann, act(ann, 'Accept', followed({ object: eve.actor }))]],
    [
      'of a Follow by somebody else',
      () => [ann, act(ann, 'Accept', { ...followed({ actor: eve.actor }), id: ann.id('f') })],
    ],
    [
      'of a Like',
      () => [ann, act(ann, 'Accept', followed({ type: 'Like', id: `${BLOG.origin}/ap/activities/like/1` }))],
    ],
  ])('Accept %s → nothing', async (_whose, make) => {
    const [peer, accept] = make();
    expect(await blog.hear(peer, accept)).toBe('not-concerned');
    expect(await blog.store.following.get(peer.actor)).toBeUndefined();
    expect(await blog.notified()).toEqual([]);
  });

  it('Accept of a Follow that was undone → nothing', async () => {
    await retell(blog.store, FOLLOW, { state: 'deleted' });
    expect(await blog.hear(ann, act(ann, 'Accept', followed()))).toBe('not-concerned');
  });

  it('the followed actor is deleted → it is followed no more', async () => {
    await blog.hear(ann, act(ann, 'Accept', followed()));
    expect(await blog.hear(ann, act(ann, 'Delete', ann.actor))).toBe('accepted');
    expect(await blog.store.following.get(ANN)).toBeUndefined();
  });

  it('Accept of our QuoteRequest with a stamp → consent; its Delete → revoked', async () => {
    expect(await blog.hear(ann, act(ann, 'Accept', asked(), { result: STAMP }))).toBe('accepted');
    expect(await consent()).toMatchObject({ state: 'accepted', stamp: STAMP, quoted: QUOTED });
    expect(await blog.hear(ann, act(ann, 'Accept', asked(), { result: STAMP }))).toBe('already-answered');
    expect(await blog.hear(ann, act(ann, 'Delete', STAMP))).toBe('accepted');
    expect(await consent()).toMatchObject({ state: 'revoked' });
    expect(await blog.notified()).toEqual(['quote-accepted', 'quote-revoked']);
  });

  it('the request is only named → what was sent says which it was', async () => {
    const json = asked();
    await blog.store.activities.put(
      { id: String(json.id), type: 'QuoteRequest', object: QUOTING, json },
      { now: blog.now },
    );
    expect(await blog.hear(ann, act(ann, 'Accept', String(json.id), { result: STAMP }))).toBe('accepted');
    expect(await consent()).toMatchObject({ state: 'accepted' });
  });

  it('the Delete of the stamp comes before the Accept → no consent', async () => {
    await blog.hear(ann, act(ann, 'Delete', STAMP));
    expect(await blog.hear(ann, act(ann, 'Accept', asked(), { result: STAMP }))).toBe('undone');
    expect(await consent()).toBeUndefined();
  });

  it('Reject → rejected; after an Accept → revoked', async () => {
    await blog.hear(ann, act(ann, 'Reject', asked()));
    expect(await consent()).toMatchObject({ state: 'rejected' });
    blog.now += 1_000;
    await blog.hear(ann, act(ann, 'Accept', asked(), { result: STAMP }));
    blog.now += 1_000;
    await blog.hear(ann, act(ann, 'Reject', asked()));
    expect(await consent()).toMatchObject({ state: 'revoked', stamp: STAMP });
  });

  it('Accept once more with another stamp, or after it was taken back → nothing, until it is asked anew', async () => {
    const accept = (stamp: string) => blog.hear(ann, act(ann, 'Accept', asked(), { result: stamp }));
    expect(await accept(STAMP)).toBe('accepted');
    blog.now += 1_000;
    expect(await accept(`${STAMP}0`)).toBe('already-answered');
    expect(await blog.hear(ann, act(ann, 'Delete', STAMP))).toBe('accepted');
    blog.now += 1_000;
    expect(await accept(`${STAMP}1`)).toBe('already-answered');
    expect(await consent()).toMatchObject({ state: 'revoked', stamp: STAMP });
    blog.now += 60_000;
    await retell(blog.store, REQUEST, { revision: 1, published: new Date(blog.now).toISOString() });
    expect(await accept(`${STAMP}2`)).toBe('accepted');
    expect(await consent()).toMatchObject({ state: 'accepted', stamp: `${STAMP}2` });
  });

  it.each(['accepted', 'rejected'] as const)(
    'Reject of a quote in a post whose quote before was %s → rejected, and nothing of it is revoked',
    async (state) => {
      const at = new Date(blog.now - 1_000).toISOString();
      await blog.store.answers.putConsent({ object: QUOTING, quoted: `${QUOTED}-before`, state, stamp: STAMP, at });
      expect(await blog.hear(ann, act(ann, 'Reject', asked()))).toBe('accepted');
      expect(await consent()).toMatchObject({ state: 'rejected', quoted: QUOTED });
      expect(await blog.notified()).toEqual(['quote-rejected']);
    },
  );

  it.each<[string, () => [Peer, JsonObject], string]>([
    ['without a stamp', () => [ann, act(ann, 'Accept', asked())], 'no-stamp'],
    [
      'with a stamp elsewhere',
      () => [ann, act(ann, 'Accept', asked(), { result: 'https://evil.test/1' })],
      'stamp-on-another-host',
    ],
    ['by another of that server', () => [eve, act(eve, 'Accept', asked(), { result: STAMP })], 'not-concerned'],
    [
      'of what was not asked',
      () => [ann, act(ann, 'Accept', asked({ instrument: `${BLOG.origin}/ap/posts/p1.json` }), { result: STAMP })],
      'not-concerned',
    ],
  ])('Accept %s → no consent', async (_how, make, reason) => {
    const [peer, accept] = make();
    expect(await blog.hear(peer, accept)).toBe(reason);
    expect(await consent()).toBeUndefined();
  });

  it('somebody else of that server deletes the stamp → the consent stands', async () => {
    await blog.hear(ann, act(ann, 'Accept', asked(), { result: STAMP }));
    await blog.hear(eve, act(eve, 'Delete', STAMP));
    expect(await consent()).toMatchObject({ state: 'accepted' });
  });
});
