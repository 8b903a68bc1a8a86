import { expect, test } from 'vitest';
import { mediaDigest } from '../../../federation/addresses.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import { type CachedMedia, MAX_MEDIA_BYTES } from '../../../server/store/interaction-store.ts';
import type { Store } from '../../../server/store/store.ts';
import type { Opened } from './conformance.ts';
import { ALICE, activity, author, BOB, by, content, enqueued, follower, interaction, putAll } from './samples.ts';

const AVATAR = ALICE.avatar ?? '';
const BLOB = 'https://remote.example/blob.png';
const REACTION = 'https://remote.example/x.png';

/** What every adapter promises of pictures, and of what it tells of its size. */
export function mediaConformance(stores: () => Opened): void {
  naming(stores);
  keeping(stores);
  sizes(stores);
}

function urlOf(store: Store, url: string): Promise<string | undefined> {
  return store.media.urlOf(mediaDigest(sha256Hex, url));
}

function picture(url: string, more: Partial<CachedMedia> = {}): CachedMedia {
  return { url, type: 'image/png', bytes: new Uint8Array([0, 1, 255]), fetchedAt: 1, ...more };
}

const emojis = [{ shortcode: 'blob', icon: BLOB }];

function naming(stores: () => Opened): void {
  test('only what something shown or its author names has an address', async () => {
    const { store, other } = stores();
    expect(await urlOf(store, AVATAR)).toBeUndefined();
    await store.interactions.put(by(ALICE, 'a', { state: 'held', content: content('x', { emojis }) }), ALICE);
    const known = () => Promise.all([AVATAR, BLOB].map((url) => urlOf(other, url)));
    expect(await known()).toEqual([undefined, undefined]);
    await store.interactions.setState(interaction('a').id, 'shown');
    expect(await known()).toEqual([AVATAR, BLOB]);
    await store.interactions.setState(interaction('a').id, 'hidden');
    expect(await known()).toEqual([undefined, undefined]);
    await store.interactions.put(by(ALICE, 'l', { kind: 'like' }), ALICE);
    expect(await known()).toEqual([AVATAR, undefined]);
    expect(await urlOf(other, 'https://remote.example/another.png')).toBeUndefined();
    expect(await other.media.urlOf('__proto__')).toBeUndefined();
  });

  test('reactions and names have pictures, too, until they are changed', async () => {
    const { store } = stores();
    const like = by(BOB, 'l', { kind: 'like', emoji: { text: ':x:', icon: REACTION } });
    await store.interactions.put(like, { ...BOB, emojis });
    expect(await urlOf(store, REACTION)).toBe(REACTION);
    expect(await urlOf(store, BLOB)).toBe(BLOB);
    await store.interactions.putAuthor({ ...BOB, avatar: AVATAR });
    expect(await urlOf(store, BLOB)).toBeUndefined();
    expect(await urlOf(store, AVATAR)).toBe(AVATAR);
    await store.interactions.put({ ...like, emoji: { text: '❤' } }, BOB);
    expect(await urlOf(store, REACTION)).toBeUndefined();
  });

  test('a picture that nobody names any more is dropped, one that another names stays', async () => {
    const { store, other } = stores();
    await store.interactions.put(by(ALICE, 'a'), ALICE);
    await store.interactions.put(by(BOB, 'b'), { ...BOB, avatar: AVATAR });
    await store.media.put(picture(AVATAR));
    await store.interactions.forgetActor(ALICE.actor);
    expect(await other.media.get(AVATAR)).toEqual(picture(AVATAR));
    await store.interactions.put(by(BOB, 'b'), { ...BOB, avatar: AVATAR, name: 'Bob', at: '2027-01-01T00:00:00Z' });
    expect(await other.media.get(AVATAR)).toEqual(picture(AVATAR));
    await store.interactions.remove({ actor: BOB.actor, id: interaction('b').id });
    expect(await other.media.get(AVATAR)).toBeUndefined();
    await store.media.put(picture(AVATAR));
    expect(await other.media.get(AVATAR)).toBeUndefined();
  });

  test('the words of what is removed name no picture', async () => {
    const { store } = stores();
    await store.interactions.put(by(ALICE, 'a', { content: content('x', { emojis }) }), ALICE);
    await store.media.put(picture(BLOB));
    await store.interactions.setState(interaction('a').id, 'removed');
    expect(await store.media.get(BLOB)).toBeUndefined();
  });

  test('a newer like with the same picture keeps it', async () => {
    const { store } = stores();
    const emoji = { text: ':x:', icon: REACTION };
    await store.interactions.put(by(ALICE, 'l', { kind: 'like', emoji }), ALICE);
    await store.media.put(picture(REACTION));
    await store.media.put(picture(AVATAR));
    await store.interactions.put(by(ALICE, 'm', { kind: 'like', emoji }), ALICE);
    expect(await store.media.get(REACTION)).toEqual(picture(REACTION));
    expect(await store.media.get(AVATAR)).toEqual(picture(AVATAR));
  });
}

function keeping(stores: () => Opened): void {
  const urls = ['a', 'b', 'c', 'd'].map((name) => `https://remote.example/${name}.png`);
  const nameAll = async (store: Store) => {
    for (const [n, avatar] of urls.entries())
      await store.interactions.put(by(author(`u${n}`), `n${n}`), author(`u${n}`, { avatar }));
  };
  const keptIn = async (store: Store) =>
    (await Promise.all(urls.map((url) => store.media.get(url)))).map((each) => each !== undefined);

  test('a picture is given back as put, and is the caller’s own', async () => {
    const { store, other } = stores();
    await nameAll(store);
    const [url = ''] = urls;
    const bytes = new Uint8Array([7, 0, 1, 255, 7]).subarray(1, 4);
    await store.media.put(picture(url, { bytes, type: 'image/webp', fetchedAt: 5 }));
    bytes.fill(9);
    const given = await other.media.get(url);
    expect(given).toEqual(picture(url, { type: 'image/webp', fetchedAt: 5 }));
    given?.bytes.fill(9);
    expect((await other.media.get(url))?.bytes).toEqual(new Uint8Array([0, 1, 255]));
    await store.media.put(picture(url, { bytes: new Uint8Array() }));
    expect(await other.media.get(url)).toEqual(picture(url, { bytes: new Uint8Array() }));
  });

  test('pictures are bounded in all, and those that were fetched longest ago go first', async () => {
    const { store } = stores();
    await nameAll(store);
    const [a = '', b = '', c = '', d = ''] = urls;
    const third = new Uint8Array(Math.floor(MAX_MEDIA_BYTES / 3));
    for (const [n, url] of [a, b, c].entries())
      await store.media.put(picture(url, { bytes: third, fetchedAt: 10 - n }));
    expect(await keptIn(store)).toEqual([true, true, true, false]);
    await store.media.put(picture(d, { fetchedAt: 20 }));
    expect(await keptIn(store)).toEqual([true, true, false, true]);
    await store.media.put(picture(a, { fetchedAt: 1 }));
    await store.media.put(picture(d, { bytes: third, fetchedAt: 20 }));
    expect(await keptIn(store)).toEqual([true, true, false, true]);
    await store.media.put(picture(c, { bytes: third, fetchedAt: 21 }));
    expect(await keptIn(store)).toEqual([false, true, true, true]);
    await store.media.put(picture(d, { bytes: new Uint8Array(MAX_MEDIA_BYTES + 1) }));
    expect(await keptIn(store)).toEqual([false, true, true, false]);
  });
}

function sizes(stores: () => Opened): void {
  test('sizes name every kind in a stable order, and say how much there is', async () => {
    const { store, other } = stores();
    const empty = await other.sizes();
    expect(empty.every(({ count, bytes }) => count === 0 && bytes === 0)).toBe(true);
    await store.followers.put(follower('a'));
    await store.requests.put(follower('b'));
    await putAll(store, [by(ALICE, 'a'), by(BOB, 'l', { kind: 'like' }), by(BOB, 'b', { kind: 'boost' })]);
    await putAll(store, [by(BOB, 'q', { kind: 'quote' }), by(BOB, 'm', { kind: 'mention' })]);
    await store.interactions.putAuthor({ ...ALICE, at: '2027-01-01T00:00:00Z' });
    await store.media.put(picture(AVATAR, { bytes: new Uint8Array(5_000) }));
    await store.messages.put({ object: 'o', sender: 's', jwe: 'x'.repeat(2_000), at: '2026-03-01T10:00:00Z' });
    await store.notifications.add({ key: 'k', kind: 'like', actor: 'a', at: '2026-03-01T10:00:00Z' });
    await store.stamps.put({ id: 'i', quote: 'q', target: 't', actor: 'a', at: '2026-03-01T10:00:00Z' });
    await account(store);
    await enqueued(store, activity('x'), ['https://a.example/inbox', 'https://b.example/inbox']);
    await store.deliveries.abandon('https://a.example/inbox', 'gone', 1);
    await store.actors.put({ url: 'u', fetchedAt: 1, status: 200, document: { id: 'u' } });
    await store.inbound.markSeen('seen', 1);
    const sizes = await other.sizes();
    expect(sizes.map(({ kind }) => kind)).toEqual(empty.map(({ kind }) => kind));
    expect(sizes.filter(({ count }) => count > 0).map(({ kind, count }) => `${kind} ${count}`)).toEqual([
      ...[
        'followers 1',
        'follow requests 1',
        'replies 1',
        'quotes 1',
        'mentions 1',
        'likes 1',
        'boosts 1',
        'authors 2',
      ],
      ...['pictures 1', 'messages 1', 'notifications 1', 'stamps 1'],
      ...['follows answered 1', 'reading 1', 'votes 3', 'quotes answered 1'],
      ...['activities 1', 'deliveries 1', 'receipts 1'],
      ...['cached documents 1', 'seen activities 1'],
    ]);
    expect(sizes.every(({ count, bytes }) => count > 0 === bytes > 0)).toBe(true);
    const bytesOf = (wanted: string) => sizes.find(({ kind }) => kind === wanted)?.bytes ?? 0;
    expect(bytesOf('pictures')).toBeGreaterThanOrEqual(5_000);
    expect(bytesOf('messages')).toBeGreaterThanOrEqual(2_000);
  });
}

/** An answer to a Follow, an item, three votes of two voters, and an answer to a quote. */
async function account({ following, reading, answers }: Store): Promise<void> {
  const at = '2026-03-01T10:00:00Z';
  await following.put({ actor: 'a', state: 'accepted', activity: 'b', at });
  await reading.put({ id: 'i', actor: ALICE.actor, kind: 'post', author: ALICE, content: content('x'), at });
  const vote = { poll: 'p', multiple: true, inbox: 'https://a.example/inbox', at };
  for (const [actor, option] of [
    ['a', 0],
    ['a', 1],
    ['b', 1],
  ] as const)
    await answers.vote({ ...vote, actor, option });
  await answers.putConsent({ object: 'o', quoted: 'q', state: 'rejected', at });
  await answers.setTold('o', 'digest');
}
