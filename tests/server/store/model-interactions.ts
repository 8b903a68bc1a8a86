import fc from 'fast-check';
import { expect } from 'vitest';
import { mediaDigest } from '../../../federation/addresses.ts';
import {
  type Author,
  INTERACTION_KINDS,
  INTERACTION_STATES,
  type Interaction,
} from '../../../federation/interaction.ts';
import { sha256Hex } from '../../../server/crypto.ts';
import { picturesOf, picturesOfAuthor } from '../../../server/store/interaction-rules.ts';
import type { Store } from '../../../server/store/store.ts';
import type { Command } from './model-deliveries.ts';
import { author, collect, content, follower } from './samples.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', '__proto__'];
const ACTORS = ['alice', 'bob', 'carol'];
const TARGETS = ['post', 'other', 'actor'];
const PICTURES = ['https://p.example/1', 'https://p.example/2', 'https://p.example/3'];

const name = fc.constantFrom(...NAMES);
const who = fc.constantFrom(...ACTORS);
const target = fc.constantFrom(...TARGETS);
const kind = fc.constantFrom(...INTERACTION_KINDS);
const picture = fc.constantFrom(...PICTURES);
const limit = fc.integer({ min: 0, max: 4 });
const time = fc.integer({ min: 0, max: 30 }).map((second) => `2026-03-01T10:00:${String(second).padStart(2, '0')}Z`);
const pictures = fc.subarray(PICTURES).map((icons) => icons.map((icon) => ({ shortcode: 'x', icon })));

const someAuthor: fc.Arbitrary<Author> = fc
  .tuple(who, time, pictures, fc.option(picture))
  .map(([actor, at, emojis, avatar]) => author('x', { actor, at, emojis, ...(avatar === null ? {} : { avatar }) }));

const someInteraction: fc.Arbitrary<Interaction> = fc
  .record({
    id: name,
    kind,
    target,
    actor: who,
    state: fc.constantFrom('shown', 'shown', 'shown', 'held', 'hidden'),
    activity: name.map((id) => `${id}!`),
    at: time,
    answers: fc.option(name),
    emojis: pictures,
    reason: fc.option(fc.constantFrom('word', 'asks')),
  })
  .map(({ answers, emojis, reason, ...facts }) => ({
    ...facts,
    ...(answers === null ? {} : { inReplyTo: answers }),
    ...(reason === null ? {} : { reason }),
    ...(facts.kind === 'like' || facts.kind === 'boost' ? {} : { content: content('x', { emojis }) }),
    ...(facts.kind === 'like' && emojis[0] ? { emoji: { text: ':x:', icon: emojis[0].icon } } : {}),
  }));

function command<T>(values: fc.Arbitrary<T>, run: (store: Store, value: T) => Promise<unknown>): fc.Arbitrary<Command> {
  return values.map((value) => (store) => run(store, value));
}

const put = command(fc.tuple(someInteraction, someAuthor), (store, [given, by]) =>
  store.interactions.put(given, { ...by, actor: given.actor }),
);

const changes = fc.oneof(
  command(fc.tuple(name, fc.constantFrom(...INTERACTION_STATES)), (store, [id, state]) =>
    store.interactions.setState(id, state),
  ),
  command(fc.tuple(who, name), (store, [actor, id]) => store.interactions.remove({ actor, id })),
  command(fc.tuple(who, target, fc.constantFrom('like', 'boost')), (store, [actor, at, what]) =>
    store.interactions.remove({ actor, target: at, kind: what }),
  ),
  command(someAuthor, (store, given) => store.interactions.putAuthor(given)),
  command(who, (store, actor) => store.interactions.forgetActor(actor)),
  command(target, (store, at) => store.interactions.forgetTarget(at)),
  command(time, (store, before) => store.interactions.prune(before)),
  command(fc.tuple(picture, fc.nat(9)), (store, [url, fetchedAt]) =>
    store.media.put({ url, type: 'image/png', bytes: new Uint8Array([fetchedAt]), fetchedAt }),
  ),
);

const looks = fc.oneof(
  command(
    fc.tuple(target, fc.subarray([...INTERACTION_KINDS]), limit, limit),
    async (store, [at, kinds, few, more]) => {
      const { items, cursor } = await store.interactions.page({ target: at, kinds, limit: few });
      if (cursor === undefined) return items;
      const next = await store.interactions.page({ target: at, kinds, limit: more, after: cursor });
      return [items, next.items, next.cursor === undefined];
    },
  ),
  command(
    fc.tuple(fc.option(target), fc.subarray([...INTERACTION_STATES]), fc.subarray([...INTERACTION_KINDS]), limit),
    async (store, [at, states, kinds, most]) => {
      const of = { states, kinds, limit: most, ...(at === null ? {} : { target: at }) };
      const { items, authors, cursor } = await store.interactions.list(of);
      const next = cursor === undefined ? undefined : (await store.interactions.list({ ...of, before: cursor })).items;
      return [items, authors, next];
    },
  ),
  command(fc.tuple(who, name), (store, [actor, id]) => store.interactions.find(actor, id)),
  command(fc.tuple(who, name), (store, [actor, id]) => store.interactions.find(actor, `${id}!`)),
  command(who, (store, actor) => store.interactions.wasShown(actor)),
  command(fc.tuple(who, time), (store, [actor, since]) => store.interactions.countSince(actor, since)),
);

const beside = fc.oneof(
  command(fc.tuple(name, who, time), (store, [object, sender, at]) =>
    store.messages.put({ object, sender, jwe: `${object} ${at}`, at }),
  ),
  command(fc.tuple(name, fc.option(who)), (store, [object, sender]) =>
    store.messages.remove({ object, ...(sender === null ? {} : { sender }) }),
  ),
  command(who, (store, sender) => store.messages.forgetSender(sender)),
  command(fc.tuple(who, fc.option(time)), (store, [sender, since]) => store.messages.countSince(sender, since ?? '')),
  command(time, (store, before) => store.messages.prune(before)),
  command(fc.tuple(name, who, time), (store, [key, actor, at]) =>
    store.notifications.add({ key, kind: 'like', actor, at }),
  ),
  command(who, (store, actor) => store.notifications.forgetActor(actor)),
  command(time, (store, before) => store.notifications.prune(before)),
  command(fc.tuple(name, fc.boolean()), (store, [secret, renew]) =>
    store.notifications.secret(() => secret, { renew }),
  ),
  command(fc.tuple(name, name, who, time), (store, [id, quote, actor, at]) =>
    store.stamps.put({ id, quote, target: 'post', actor, at }),
  ),
  command(fc.tuple(name, time), (store, [id, at]) => store.stamps.revoke(id, at)),
  command(name, (store, quote) => store.stamps.ofQuote(quote)),
  command(fc.tuple(name, time), (store, [actor, since]) => store.requests.put(follower(actor, { since }))),
  command(name, (store, actor) => store.requests.remove(follower(actor).actor)),
);

export const interactionCommand = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 4, arbitrary: changes },
  { weight: 2, arbitrary: looks },
  { weight: 3, arbitrary: beside },
);

/** All that can be seen of what others said, and what must hold of it whatever was done. */
export const seeWhatWasSaid: Command = async (store) => {
  const { items } = await store.interactions.list({ limit: 1_000 });
  const authors = (await collect(store.interactions.authors())).toSorted((a, b) => (a.actor < b.actor ? -1 : 1));
  expect(authors.map(({ actor }) => actor)).toEqual([...new Set(items.map(({ actor }) => actor))].toSorted());
  const once = items.filter(({ kind: what, state }) => state !== 'removed' && (what === 'like' || what === 'boost'));
  const doneOnce = once.map((each) => `${each.kind} ${each.actor} ${each.target}`);
  expect(new Set(doneOnce).size).toBe(doneOnce.length);
  for (const { state, content: words, emoji } of items) if (state === 'removed') expect(words ?? emoji).toBeUndefined();
  const threads = await Promise.all(TARGETS.map((at) => store.interactions.thread(at)));
  const shown = items.filter(({ state }) => state === 'shown').map(({ id }) => id);
  expect(threads.flatMap((thread) => thread.items.map(({ id }) => id)).toSorted()).toEqual(shown.toSorted());
  const shownAt = new Set(items.filter(({ state }) => state === 'shown').map((each) => each.target));
  expect((await collect(store.interactions.targets())).toSorted()).toEqual([...shownAt].toSorted());
  // A picture may be dropped between two that name it, and is fetched again; that nobody names it and it stays, may not be.
  const named = new Set([...authors.flatMap(picturesOfAuthor), ...items.flatMap(picturesOf)]);
  for (const url of PICTURES) if (await store.media.get(url)) expect(named).toContain(url);
  const sizes = await store.sizes();
  return {
    ...{ items, authors, threads },
    counts: await Promise.all(TARGETS.map((at) => store.interactions.counts(at))),
    versions: await Promise.all(TARGETS.map((at) => store.interactions.version(at))),
    urls: await Promise.all(PICTURES.map((url) => store.media.urlOf(mediaDigest(sha256Hex, url)))),
    messages: (await store.messages.list({ limit: 100 })).items,
    notifications: await store.notifications.list(100),
    requests: await store.requests.list(100),
    stamps: await Promise.all(NAMES.map((id) => store.stamps.get(id))),
    sizes: sizes.flatMap(({ kind: what, count }) => (what === 'pictures' ? [] : [[what, count]])),
  };
};
