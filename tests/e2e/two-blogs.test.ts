import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newFeedSecret } from '../../server/notification-feed.ts';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { dumpOf } from '../remote/stores.ts';
import {
  commentsOf,
  eventually,
  jsonAt,
  type Note,
  openDesk,
  pageOf,
  textAt,
  toldOf,
  writeNote,
  writePost,
} from './desk.ts';
import { arrived, notShown, reads, readsNot, shown, told } from './looks.ts';
import { type NetlifyBlog, startNetlifyBlog } from './netlify-desk.ts';
import { type NodeBlog, startNodeBlog } from './node-desk.ts';

/** On a server of her own, and on Netlify. Each test goes on where the one before it ended. */
let ada: NodeBlog;
let bea: NetlifyBlog;

beforeAll(async () => {
  // Both blogs are really there to be asked.
  vi.stubEnv('POSTERN_OFFLINE', '0');
  const [first, second] = [await openDesk('ada'), await openDesk('bea')];
  for (const key of ['one', 'two', 'three', 'four', 'five', 'six'])
    for (const desk of [first, second]) writePost(desk, key, 'From before.');
  ada = await startNodeBlog(first);
  bea = await startNetlifyBlog(second);
});
afterAll(async () => {
  await ada?.close();
  await bea?.close();
  vi.unstubAllEnvs();
});

/** How many `ada` follows, as others are told. */
const follows = (count: number) =>
  eventually(`${count} followed`, async () => {
    const { totalItems } = await jsonAt(`${ada.desk.origin}/ap/following`);
    return totalItems === count || undefined;
  });

let gate: Note;
let walk: Note;
let reply: Note;
let answer: Note;

test('each follows the other, and is followed', async () => {
  await ada.desk.run('follow', bea.desk.handle);
  expect(await ada.publish()).toEqual(['Follow']);
  await told(ada, 'follow-accepted');
  await told(bea, 'follow');
  expect(await bea.store.followers.get(ada.desk.actor)).toMatchObject({ handle: ada.desk.handle });
  await follows(1);

  bea.desk.write('following.csv', `Account address\n${ada.desk.handle.slice(1)}\n`);
  expect(await bea.publish()).toEqual(['Follow']);
  await told(bea, 'follow-accepted');
  expect(await ada.store.followers.get(bea.desk.actor)).toMatchObject({ handle: bea.desk.handle });
});

test('what one posts the other reads', async () => {
  gate = writePost(bea.desk, 'gate', 'A gate in a wall.');
  expect(await bea.publish()).toEqual(['Create']);
  await reads(ada, 'A gate in a wall.');
  walk = writeNote(ada.desk, 'walk', '', 'I went for a walk.');
  expect(await ada.publish()).toEqual(['Create']);
  await reads(bea, 'I went for a walk.');
});

test('a reply stands below the post, and the answer to it below the reply, on both sides', async () => {
  reply = await ada.desk.reply(await pageOf(gate), 'I went through it.');
  expect(await ada.publish()).toEqual(['Create']);
  await shown(gate, 'I went through it.');
  await told(bea, 'reply');
  expect(await textAt(await pageOf(reply))).toContain('u-in-reply-to');

  answer = await bea.desk.reply(await pageOf(reply), 'Where did you come out?');
  expect(await bea.publish()).toEqual(['Create']);
  await told(ada, 'reply');
  expect(await textAt(await pageOf(reply))).toContain('Where did you come out?');
  await shown(reply, 'Where did you come out?');
  await shown(gate, /I went through it\.[\s\S]*<ol[\s\S]*Where did you come out\?/);
});

let like: Note;
let boost: Note;

test('a like and a boost are counted, and their owner is told', async () => {
  const url = await pageOf(gate);
  like = writeNote(ada.desk, 'like', `like-of: ${url}\n`);
  boost = writeNote(ada.desk, 'boost', `repost-of: ${url}\n`);
  expect((await ada.publish()).toSorted()).toEqual(['Announce', 'Like']);
  await shown(gate, 'p-like', 'p-repost', /1 like/, /1 boost/);
  await told(bea, 'like');
  await told(bea, 'boost');
  const page = await textAt(`${ada.desk.origin}/notes/like/`);
  expect(page).toContain('u-like-of');
});

let thanks: Note;

test('who is mentioned in an article is told', async () => {
  thanks = writePost(bea.desk, 'thanks', `Thanks, ${ada.desk.handle}.`);
  expect(await bea.publish()).toEqual(['Create']);
  await told(ada, 'mention');
  const secret = await ada.store.notifications.secret(newFeedSecret);
  const feed = await textAt(`${ada.desk.origin}/ap/notifications/${secret}`);
  expect(feed).toMatch(/@bea@\S+ mentioned the blog[\s\S]*Thanks, /);
  expect((await jsonAt(thanks.id)).tag).toContainEqual({
    type: 'Mention',
    href: ada.desk.actor,
    name: ada.desk.handle,
  });
});

let quote: Note;

test('a quote is asked for, consented to, stamped and shown as one', async () => {
  quote = writeNote(ada.desk, 'quote', `quotation-of: ${await pageOf(gate)}\n`, 'Look at this.');
  expect(await ada.publish()).toEqual(['Create', 'QuoteRequest']);
  await told(ada, 'quote-accepted');
  const { quoteAuthorization } = await eventually('the consent in the object', async () => {
    const object = await jsonAt(quote.id);
    return object.quoteAuthorization ? object : undefined;
  });
  expect(await jsonAt(quoteAuthorization)).toMatchObject({
    type: 'QuoteAuthorization',
    attributedTo: bea.desk.actor,
    interactingObject: quote.id,
    interactionTarget: gate.id,
  });
  await shown(gate, 'Look at this.', /1 quote/);
  expect((await toldOf(bea)).filter((kind) => kind === 'quote')).toHaveLength(1);
  // The Update that tells the consent makes no second one.
  await eventually('the consent to be told', () => ada.store.answers.told(quote.id));
  await arrived(ada);
  expect(await commentsOf(gate)).toMatch(/1 quote/);
});

let deeds: readonly Note[];

test('the other way round, a host that runs only when asked does the same', async () => {
  const url = await pageOf(walk);
  deeds = [
    writeNote(bea.desk, 'like', `like-of: ${url}\n`),
    writeNote(bea.desk, 'boost', `repost-of: ${url}\n`),
    writeNote(bea.desk, 'quote', `quotation-of: ${url}\n`, 'So should we all.'),
  ];
  expect((await bea.publish()).toSorted()).toEqual(['Announce', 'Create', 'Like', 'QuoteRequest']);
  await shown(walk, 'So should we all.', /1 quote/, /1 like/, /1 boost/);
  await told(bea, 'quote-accepted');
  const [, , { id }] = deeds as [Note, Note, Note];
  const quoteAuthorization = await eventually('the consent in the object', async () => {
    const found: unknown = (await jsonAt(id)).quoteAuthorization;
    return typeof found === 'string' ? found : undefined;
  });
  expect(await jsonAt(quoteAuthorization)).toMatchObject({ interactingObject: id, interactionTarget: walk.id });
  await bea.sweep();
  expect(await bea.store.answers.told(id)).toBeDefined();
  await arrived(bea);
});

test('a poll counts who votes, and tells what came of it', async () => {
  const voter: LoopbackPeer = await startLoopbackPeer('cleo');
  try {
    const poll = writeNote(bea.desk, 'tea', 'poll: {options: [Tea, Coffee], ends: 1h}\n', 'What do you drink?');
    expect(await bea.publish()).toEqual(['Create']);
    await reads(ada, 'What do you drink?');
    const object = {
      id: voter.id('vote'),
      type: 'Note',
      name: 'Coffee',
      attributedTo: voter.actor,
      inReplyTo: poll.id,
    };
    const vote = {
      '@context': 'https://www.w3.org/ns/activitystreams',
      ...{ id: voter.id('create'), type: 'Create', actor: voter.actor, to: bea.desk.actor },
      object: { ...object, to: bea.desk.actor },
    };
    expect((await fetch(bea.desk.inbox, voter.signed(bea.desk.inbox, vote, Date.now()))).status).toBe(202);
    await eventually('the vote', async () => (await bea.store.answers.tally(poll.id)).voters === 1 || undefined);
    expect(await jsonAt(poll.id)).toMatchObject({ type: 'Question', votersCount: 1 });

    // The end is put to the second after its beginning.
    const begun = Date.parse((await jsonAt(poll.id)).published);
    bea.desk.edit(poll.file, 'ends: 1h', `ends: ${new Date(begun + 1_000).toISOString()}`);
    expect(await bea.publish()).toEqual(['Update']);
    const ended = await eventually('the result', async () => {
      await bea.sweep();
      return voter.arrived.find((each) => each.type === 'Update' && JSON.stringify(each).includes('"closed"'));
    });
    expect(ended.object).toMatchObject({
      id: poll.id,
      votersCount: 1,
      oneOf: [
        { name: 'Tea', replies: { totalItems: 0 } },
        { name: 'Coffee', replies: { totalItems: 1 } },
      ],
    });
    await arrived(bea);
    const sent = voter.arrived.length;
    await bea.sweep();
    expect((await bea.store.deliveries.counts()).pending).toBe(0);
    expect(voter.arrived).toHaveLength(sent);
  } finally {
    await voter.close();
  }
});

test('an edit on either side shows on the other', async () => {
  ada.desk.edit(reply.file, 'I went through it.', 'I climbed over it.');
  bea.desk.edit(gate.file, 'A gate in a wall.', 'A gate in a hedge.');
  bea.desk.edit(answer.file, 'Where did you come out?', 'Where did you land?');
  expect(await ada.publish()).toEqual(['Update']);
  expect(await bea.publish()).toEqual(['Update', 'Update']);
  await shown(gate, 'I climbed over it.', 'Where did you land?');
  await shown(reply, 'Where did you land?');
  await reads(ada, 'A gate in a hedge.');
  expect(await commentsOf(gate)).not.toContain('I went through it.');
});

test('what is taken back is shown no more', async () => {
  for (const { file } of [like, boost, quote]) ada.desk.remove(file);
  expect((await ada.publish()).toSorted()).toEqual(['Delete', 'Undo', 'Undo']);
  await notShown(gate, 'p-like', 'p-repost', 'Look at this.');
  expect((await fetch(quote.id, { headers: { accept: 'application/activity+json' } })).status).toBe(410);

  for (const { file } of [answer, thanks, ...deeds]) bea.desk.remove(file);
  expect((await bea.publish()).toSorted()).toEqual(['Delete', 'Delete', 'Delete', 'Undo', 'Undo']);
  await notShown(walk, 'p-like', 'p-repost', 'So should we all.');
  await notShown(reply, 'Where did you land?');
  await notShown(gate, 'Where did you land?');
  await eventually('the mention to be gone', async () => !(await dumpOf(ada.store)).includes('Thanks, ') || undefined);

  // A like that comes back is a new one.
  like = writeNote(ada.desk, 'like', `like-of: ${await pageOf(gate)}\n`);
  expect(await ada.publish()).toEqual(['Like']);
  await shown(gate, /1 like/);
  ada.desk.remove(reply.file);
  expect(await ada.publish()).toEqual(['Delete']);
  await notShown(gate, 'I climbed over it.');
});

test('a Move waits for the word of the owner, and then followers hear of it', async () => {
  bea.desk.edit('profile.md', 'language: en', `language: en\nalsoKnownAs: [${ada.desk.actor}]`);
  expect(await bea.publish()).toEqual(['UpdateActor']);
  ada.desk.edit('profile.md', 'language: en', `language: en\nmovedTo: ${bea.desk.actor}`);
  expect(await ada.held()).toEqual(['account-move']);
  expect(await ada.publish('account-move')).toEqual(['UpdateActor', 'Move']);
  await told(bea, 'move');
  expect(await jsonAt(ada.desk.actor)).toMatchObject({ movedTo: bea.desk.actor });
});

test('who is unfollowed is told, and reads are over', async () => {
  await reads(ada, 'A gate in a hedge.');
  await ada.desk.run('unfollow', bea.desk.handle);
  expect(await ada.publish()).toEqual(['Undo']);
  await told(bea, 'unfollow');
  await eventually('the follower to be gone', async () => (await bea.store.followers.count()) === 0 || undefined);
  await readsNot(ada, 'A gate in a hedge.');
  await follows(0);

  // Who comes back is taken in again.
  ada.desk.write('following.csv', `Account address\n${bea.desk.handle.slice(1)}\n`);
  expect(await ada.publish()).toEqual(['Follow']);
  await told(ada, 'follow-accepted', 2);
  expect(await bea.store.followers.get(ada.desk.actor)).toBeDefined();
});

test('of an account that is deleted nothing is left on the other side', async () => {
  const last = await ada.desk.reply(await pageOf(gate), 'Good bye.');
  expect(await ada.publish()).toEqual(['Create']);
  await shown(gate, 'Good bye.', /1 like/);
  await ada.desk.run('account', 'delete', '--yes', ada.desk.handle);
  await notShown(gate, 'Good bye.', 'p-like');
  expect(existsSync(join(ada.desk.settings.contentFolder, last.file))).toBe(true);
  await eventually('the account to be gone', async () =>
    (await fetch(ada.desk.actor)).status === 410 ? true : undefined,
  );
  await eventually('the follower to be gone', async () => (await bea.store.followers.count()) === 0 || undefined);
  expect(await bea.store.following.get(ada.desk.actor)).toBeUndefined();
  expect(await bea.store.reading.newest(10)).toEqual([]);
  const parts: Record<string, unknown> = JSON.parse(await dumpOf(bea.store));
  const naming = Object.keys(parts).filter((part) => JSON.stringify(parts[part]).includes(ada.desk.origin));
  // Where something was sent to, once: whoever deletes an account tells them all.
  expect(naming).toEqual(['inboxes']);
});
