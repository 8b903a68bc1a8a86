import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../server/crypto.ts';
import { type ModerateDeps, moderate } from '../../server/moderate.ts';
import type { Store } from '../../server/store/store.ts';
import { openEachStore } from '../remote/open-each.ts';
import { NEAR_STORES } from '../remote/stores.ts';
import {
  ANN,
  asked,
  author,
  depsOf,
  follower,
  interaction,
  NOW,
  ORIGIN,
  POST,
  QUOTE,
  queued,
  REQUEST,
} from './moderation.ts';

describe.each(NEAR_STORES)('a decision about a reply (%s)', (_name, open) => {
  let store: Store;
  let deps: ModerateDeps;
  openEachStore(open, (opened) => {
    store = opened.store;
    deps = depsOf(store);
  });

  const stateOf = async (id: string) => (await store.interactions.get(id))?.state;

  test('approve what is held → shown, and nobody is told', async () => {
    await store.interactions.put(
      interaction('https://peer.example/1', { state: 'held', reason: 'first-time' }),
      author,
    );
    const id = 'https://peer.example/1';
    expect(await moderate(deps, 'approve', id)).toEqual({ id, result: 'changed', others: 0, sent: 0 });
    expect(await moderate(deps, 'approve', id)).toEqual({ id, result: 'unchanged', others: 0, sent: 0 });
    expect((await store.interactions.thread(POST)).items).toHaveLength(1);
    expect(await queued(store)).toEqual([]);
  });

  test('hide → gone from the thread with what answers it, kept for the owner, and nobody is told', async () => {
    await store.interactions.put(interaction('https://peer.example/1'), author);
    await store.interactions.put(
      interaction('https://peer.example/2', { inReplyTo: 'https://peer.example/1' }),
      author,
    );
    expect(await moderate(deps, 'hide', 'https://peer.example/1')).toMatchObject({
      result: 'changed',
      others: 1,
      sent: 0,
    });
    expect(await store.interactions.counts(POST)).toMatchObject({ replies: 0 });
    expect((await store.interactions.get('https://peer.example/1'))?.content).toBeDefined();
    expect(await queued(store)).toEqual([]);
    expect(await moderate(deps, 'approve', 'https://peer.example/1')).toMatchObject({ result: 'changed', others: 1 });
    expect([await stateOf('https://peer.example/1'), await stateOf('https://peer.example/2')]).toEqual([
      'shown',
      'shown',
    ]);
  });

  test('remove → its words are gone, it does not come back, and cannot be approved', async () => {
    const reply = interaction('https://peer.example/1');
    await store.interactions.put(reply, author);
    expect(await moderate(deps, 'remove', reply.id)).toMatchObject({ result: 'changed', sent: 0 });
    expect((await store.interactions.get(reply.id))?.content).toBeUndefined();
    expect(await store.interactions.put(reply, author)).toBe('ignored');
    expect(await moderate(deps, 'approve', reply.id)).toMatchObject({ result: 'removed' });
    expect(await moderate(deps, 'remove', reply.id)).toMatchObject({ result: 'unchanged' });
    expect(await queued(store)).toEqual([]);
  });

  test('about what is not there → unknown', async () => {
    for (const decision of ['approve', 'hide', 'remove'] as const)
      expect(await moderate(deps, decision, 'https://peer.example/none')).toMatchObject({ result: 'unknown' });
  });

  test('approve a quote that was asked for → stamp, then Accept with it to who asked, then shown', async () => {
    await store.interactions.put(asked, author);
    expect(await moderate(deps, 'approve', QUOTE)).toEqual({ id: QUOTE, result: 'changed', others: 0, sent: 1 });
    const id = `${ORIGIN}/ap/stamps/${sha256Hex(`${QUOTE}\n${POST}`).slice(0, 32)}`;
    expect(await store.stamps.get(id)).toMatchObject({ quote: QUOTE, target: POST, actor: ANN });
    expect(await queued(store)).toMatchObject([
      {
        inbox: `${ANN}/inbox`,
        json: {
          type: 'Accept',
          result: id,
          to: [ANN],
          object: { id: REQUEST, type: 'QuoteRequest', actor: ANN, object: POST, instrument: QUOTE },
        },
      },
    ]);
    expect(await stateOf(QUOTE)).toBe('shown');
    expect(await moderate(deps, 'approve', QUOTE)).toMatchObject({ result: 'unchanged', sent: 0 });
  });

  test('hide a quote that was asked for → Reject to who asked, once; approved later, consent is given', async () => {
    await store.interactions.put(asked, author);
    const reply = interaction('https://peer.example/2', { inReplyTo: QUOTE });
    await store.interactions.put(reply, author);
    expect(await moderate(deps, 'hide', QUOTE)).toMatchObject({ result: 'changed', sent: 1 });
    expect(await store.interactions.get(QUOTE)).toMatchObject({ state: 'hidden', reason: 'asks' });
    expect(await moderate(deps, 'hide', QUOTE)).toMatchObject({ result: 'unchanged', sent: 0 });
    expect(await queued(store)).toMatchObject([
      { inbox: `${ANN}/inbox`, json: { type: 'Reject', object: { id: REQUEST } } },
    ]);
    expect(await store.stamps.ofQuote(QUOTE)).toEqual([]);
    expect(await moderate(deps, 'approve', reply.id)).toMatchObject({ sent: 0 });
    expect(await moderate(deps, 'approve', QUOTE)).toMatchObject({ result: 'changed', sent: 1 });
  });

  test('hide a quote that had consent → nobody is told, and its stamp stays', async () => {
    await store.interactions.put(asked, author);
    await moderate(deps, 'approve', QUOTE);
    await store.followers.put(follower('bob'));
    expect(await moderate(deps, 'hide', QUOTE)).toMatchObject({ result: 'changed', sent: 0 });
    expect((await queued(store)).map(({ json }) => json.type)).toEqual(['Accept']);
    const [stamp] = await store.stamps.ofQuote(QUOTE);
    expect(stamp).toBeDefined();
    expect(stamp?.revoked).toBeUndefined();
  });

  test('hide what a quote that waits answers → it goes on waiting, and is answered when it is decided', async () => {
    await store.interactions.put(interaction('https://peer.example/1'), author);
    await store.interactions.put({ ...asked, inReplyTo: 'https://peer.example/1' }, author);
    expect(await moderate(deps, 'hide', 'https://peer.example/1')).toMatchObject({ others: 0, sent: 0 });
    expect(await moderate(deps, 'hide', QUOTE)).toMatchObject({ sent: 1 });
  });

  test('remove a quote that was asked for → Reject to who asked, no stamp', async () => {
    await store.interactions.put(asked, author);
    expect(await moderate(deps, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 1 });
    expect(await queued(store)).toMatchObject([
      { inbox: `${ANN}/inbox`, json: { type: 'Reject', object: { id: REQUEST } } },
    ]);
    expect(await store.stamps.ofQuote(QUOTE)).toEqual([]);
  });

  test('remove a quote that had consent → stamp revoked, its Delete to the quoter and each server of followers once', async () => {
    await store.interactions.put(asked, author);
    await moderate(deps, 'approve', QUOTE);
    for (const name of ['bob', 'cid']) await store.followers.put(follower(name));
    const [stamp] = await store.stamps.ofQuote(QUOTE);
    expect(await moderate(deps, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 2 });
    expect((await store.stamps.get(stamp?.id ?? ''))?.revoked).toBe(new Date(NOW).toISOString());
    const deletes = (await queued(store)).filter(({ json }) => json.type === 'Delete');
    expect(deletes.map(({ inbox }) => inbox).sort()).toEqual([`${ANN}/inbox`, 'https://social.example/inbox']);
    expect(deletes[0]?.json).toMatchObject({ actor: `${ORIGIN}/ap/actor.json`, object: stamp?.id });
  });

  test('remove the quote of a follower → the Delete of the stamp comes to its server once', async () => {
    await store.interactions.put(asked, author);
    await moderate(deps, 'approve', QUOTE);
    const sharedInbox = 'https://peer.example/inbox';
    await store.followers.put({ ...follower('ann'), actor: ANN, inbox: `${ANN}/inbox`, sharedInbox });
    expect(await moderate(deps, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 1 });
    const deletes = (await queued(store)).filter(({ json }) => json.type === 'Delete');
    expect(deletes.map(({ inbox }) => inbox)).toEqual([sharedInbox]);
  });

  test('remove what a quote answers → the consent to that quote ends, too', async () => {
    await store.interactions.put(interaction('https://peer.example/1'), author);
    await store.interactions.put({ ...asked, inReplyTo: 'https://peer.example/1' }, author);
    await moderate(deps, 'approve', QUOTE);
    expect(await moderate(deps, 'remove', 'https://peer.example/1')).toMatchObject({ others: 1, sent: 1 });
    expect((await store.stamps.ofQuote(QUOTE))[0]?.revoked).toBeDefined();
  });

  test('who asks cannot be found → approve changes nothing and says so; remove goes on without them', async () => {
    await store.interactions.put(asked, author);
    const unreachable = depsOf(store, false);
    expect(await moderate(unreachable, 'approve', QUOTE)).toMatchObject({ result: 'unreachable' });
    expect([await stateOf(QUOTE), await store.stamps.ofQuote(QUOTE)]).toEqual(['held', []]);
    expect(await moderate(unreachable, 'remove', QUOTE)).toMatchObject({ result: 'changed', sent: 0 });
  });
});
