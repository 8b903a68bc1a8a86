import { expect, test } from 'vitest';
import type { Notification, Stamp } from '../../../federation/interaction.ts';
import type { SealedMessage } from '../../../server/store/interaction-store.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, follower, ORIGIN, POST } from './samples.ts';

/** What every adapter promises of what only the owner sees. */
export function messageConformance(stores: () => Opened): void {
  messages(stores);
  notifications(stores);
  secrets(stores);
  stamps(stores);
  requests(stores);
}

function message(object: string, more: Partial<SealedMessage> = {}): SealedMessage {
  return { object, sender: 's', jwe: `${object}.sealed`, at: '2026-03-01T10:00:00Z', ...more };
}

function messages(stores: () => Opened): void {
  test('a message is replaced by its sender alone, and keeps its time and place', async () => {
    const { store, other } = stores();
    expect(await store.messages.put(message('a'))).toBe('added');
    expect(await store.messages.put(message('b', { sender: 't' }))).toBe('added');
    expect(await other.messages.put(message('a', { sender: 't', jwe: 'evil' }))).toBe('ignored');
    const again = message('a', { jwe: 'new', at: '2027-01-01T00:00:00Z' });
    expect(await other.messages.put(again)).toBe('updated');
    const items = [message('b', { sender: 't' }), message('a', { jwe: 'new' })];
    expect(await store.messages.list({ limit: 9 })).toEqual({ items });
    expect(await store.messages.count()).toBe(2);
  });

  test('messages are listed newest first, in stable pages', async () => {
    const { store } = stores();
    for (const object of ['a', 'b', 'c', 'd', 'e']) await store.messages.put(message(object));
    const first = await store.messages.list({ limit: 2 });
    expect(first.items).toEqual([message('e'), message('d')]);
    await store.messages.put(message('f'));
    await store.messages.remove({ object: 'c' });
    const second = await store.messages.list({ limit: 2, before: first.cursor ?? '' });
    expect(second).toEqual({ items: [message('b'), message('a')] });
    for (const before of ['', 'x', '-1', '9'.repeat(40)])
      expect(await store.messages.list({ limit: 2, before })).toEqual({ items: [] });
  });

  test('a message is removed by its id, by its sender where one is given, or with all of the sender', async () => {
    const { messages } = stores().store;
    for (const object of AWKWARD) await messages.put(message(object, { sender: object }));
    for (const object of ['a', 'b']) await messages.put(message(object));
    expect(await messages.remove({ object: 'a', sender: 'another' })).toBe(false);
    expect(await messages.remove({ object: 'a', sender: 's' })).toBe(true);
    expect(await messages.remove({ object: 'a' })).toBe(false);
    expect(await messages.countSince('s', '')).toBe(1);
    expect(await messages.forgetSender('s')).toBe(1);
    expect(await messages.countSince('s', '')).toBe(0);
    for (const sender of AWKWARD) expect(await messages.forgetSender(sender)).toBe(1);
    expect(await messages.count()).toBe(0);
  });

  test('those of a sender are counted from a time on; one that is replaced counts from when it first came', async () => {
    const { messages } = stores().store;
    const at = '2026-03-01T10:00:00.500Z';
    await messages.put(message('a', { at: '2026-03-01T10:00:00.499Z' }));
    await messages.put(message('a', { at }));
    await messages.put(message('b', { at }));
    await messages.put(message('c', { at, sender: 'another' }));
    expect(await messages.countSince('s', at)).toBe(1);
    expect(await messages.countSince('s', '')).toBe(2);
    expect(await messages.countSince('nobody', '')).toBe(0);
  });

  test('messages from before a time are dropped', async () => {
    const { messages } = stores().store;
    await messages.put(message('a'));
    await messages.put(message('b', { at: '2026-03-01T10:00:00.500Z' }));
    expect(await messages.prune('2026-03-01T10:00:00.500Z')).toBe(1);
    expect((await messages.list({ limit: 9 })).items.map(({ object }) => object)).toEqual(['b']);
  });
}

function notification(key: string, more: Partial<Notification> = {}): Notification {
  return { key, kind: 'like', actor: 'a', at: '2026-03-01T10:00:00Z', ...more };
}

function notifications(stores: () => Opened): void {
  test('a notification is added once, however many say it, and listed newest first', async () => {
    const { store, other } = stores();
    const full = notification('full', { kind: 'reply', handle: '@a@b', target: POST, interaction: 'i' });
    expect(await store.notifications.add(notification('bare'))).toBe(true);
    const adds = Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).notifications.add(full));
    expect((await Promise.all(adds)).filter(Boolean)).toHaveLength(1);
    expect(await other.notifications.add(notification('full', { actor: 'b' }))).toBe(false);
    expect(await other.notifications.list(9)).toEqual([full, notification('bare')]);
    expect(await other.notifications.list(1)).toEqual([full]);
  });

  test('notifications are dropped by actor and by age', async () => {
    const { notifications } = stores().store;
    for (const actor of AWKWARD) await notifications.add(notification(`${actor}!`, { actor }));
    await notifications.add(notification('new', { at: '2026-03-01T10:00:00.500Z', actor: AWKWARD[0] ?? '' }));
    for (const actor of AWKWARD.slice(1)) expect(await notifications.forgetActor(actor)).toBe(1);
    expect(await notifications.prune('2026-03-01T10:00:00.500Z')).toBe(1);
    expect((await notifications.list(9)).map(({ key }) => key)).toEqual(['new']);
  });
}

function secrets(stores: () => Opened): void {
  test('the secret of the feed is made once, and anew when it is asked for', async () => {
    const { store, other } = stores();
    let made = 0;
    const random = () => `secret${++made}`;
    const all = await Promise.all(
      [store, other, store, other].map(({ notifications }) => notifications.secret(random)),
    );
    expect(new Set(all).size).toBe(1);
    expect(await other.notifications.secret(random)).toBe(all[0]);
    const renewed = await other.notifications.secret(random, { renew: true });
    expect(renewed).not.toBe(all[0]);
    expect(await store.notifications.secret(random)).toBe(renewed);
  });
}

function stamp(id: string, more: Partial<Stamp> = {}): Stamp {
  return { id, quote: 'q', target: POST, actor: 'a', at: '2026-03-01T10:00:00Z', ...more };
}

function stamps(stores: () => Opened): void {
  test('a stamp once given is never changed but taken back, once', async () => {
    const { store, other } = stores();
    expect(await store.stamps.put(stamp('a'))).toEqual(stamp('a'));
    expect(await other.stamps.put(stamp('a', { quote: 'another' }))).toEqual(stamp('a'));
    expect(await other.stamps.revoke('a', '2026-04-01T00:00:00Z')).toBe(true);
    expect(await store.stamps.revoke('a', '2027-04-01T00:00:00Z')).toBe(false);
    expect(await store.stamps.revoke('none', '2027-04-01T00:00:00Z')).toBe(false);
    const revoked = stamp('a', { revoked: '2026-04-01T00:00:00Z' });
    expect(await store.stamps.put(stamp('a'))).toEqual(revoked);
    expect(await other.stamps.get('a')).toEqual(revoked);
    expect(await other.stamps.get('none')).toBeUndefined();
  });

  test('the stamps of a quoting post are found by it', async () => {
    const { stamps } = stores().store;
    for (const id of AWKWARD) await stamps.put(stamp(`${id}!`, { quote: id }));
    await stamps.put(stamp('second', { quote: AWKWARD[0] ?? '', target: `${ORIGIN}/ap/posts/b.json` }));
    expect((await stamps.ofQuote(AWKWARD[0] ?? '')).map(({ id }) => id)).toEqual([`${AWKWARD[0]}!`, 'second']);
    for (const id of AWKWARD.slice(1)) expect(await stamps.ofQuote(id)).toEqual([stamp(`${id}!`, { quote: id })]);
    expect(await stamps.ofQuote('none')).toEqual([]);
  });
}

function requests(stores: () => Opened): void {
  test('a Follow that waits keeps its place and time when it is sent again', async () => {
    const { store, other } = stores();
    const full = follower('full', { sharedInbox: 'https://full.example/inbox', handle: '@full@full.example' });
    expect(await store.requests.put(full)).toBe('added');
    expect(await store.requests.put(follower('b'))).toBe('added');
    const again = follower('full', { followId: 'second', since: '2027-01-01T00:00:00Z' });
    expect(await other.requests.put(again)).toBe('updated');
    expect(await other.requests.list(9)).toEqual([{ ...again, since: full.since }, follower('b')]);
    expect(await other.requests.list(1)).toEqual([{ ...again, since: full.since }]);
    expect(await other.requests.get(follower('b').actor)).toEqual(follower('b'));
    expect(await other.followers.count()).toBe(0);
  });

  test('a Follow that is answered waits no more', async () => {
    const { requests } = stores().store;
    for (const actor of AWKWARD) await requests.put(follower('a', { actor }));
    for (const actor of AWKWARD) expect(await requests.remove(actor)).toBe(true);
    expect(await requests.remove('__proto__')).toBe(false);
    expect(await requests.list(9)).toEqual([]);
  });
}
