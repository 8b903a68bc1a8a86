import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type StartedPeer, startPeer } from '../../scripts/demo/forked-peer.ts';
import type { PeerActivity, Saying } from '../../scripts/demo/peer-messages.ts';
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
import { type NodeBlog, startNodeBlog } from './node-desk.ts';

/** The reader's server is Fedify: it reads and verifies by itself. Each test goes on where the one before it ended. */
let ada: NodeBlog;
let reader: StartedPeer;
let readerId: string;

beforeAll(async () => {
  vi.stubEnv('POSTERN_OFFLINE', '0');
  const { PATH, HOME, TMPDIR } = process.env;
  const starting = startPeer({ certFile: '', keyFile: '', environment: { PATH, HOME, TMPDIR } });
  const desk = await openDesk('ada');
  for (const key of ['one', 'two', 'three', 'four', 'five', 'six']) writePost(desk, key, 'From before.');
  ada = await startNodeBlog(desk);
  reader = await starting;
  readerId = `${reader.origin}/users/reader`;
});
afterAll(async () => {
  await reader?.peer.stop();
  await ada?.close();
  vi.unstubAllEnvs();
});

type Json = ReturnType<typeof JSON.parse>;

const activities = (type: string): PeerActivity[] =>
  reader.peer.activities(type).filter(({ actor }) => actor === ada.desk.actor);

/** The `n`-th activity of a type that Fedify took from the blog: signed by it, and proven by its key. */
async function heard(type: string, n = 1): Promise<PeerActivity & { readonly json: Json }> {
  const activity = await eventually(`${type} ${n}`, () => activities(type)[n - 1]);
  expect([type, activity.provenBy]).toEqual([type, `${ada.desk.actor}#ed25519-key`]);
  return activity;
}

const say = (saying: Saying) => reader.peer.say(saying);

const told = (kind: string) => eventually(kind, async () => (await toldOf(ada)).includes(kind) || undefined);

test('each follows the other', async () => {
  await ada.desk.run('follow', reader.handle);
  expect(await ada.publish()).toEqual(['Follow']);
  const follow = await heard('Follow');
  expect(follow.object).toBe(readerId);
  await say({ kind: 'accept', name: 'follow', to: follow.id });
  await told('follow-accepted');
  expect(await ada.store.following.get(readerId)).toMatchObject({ state: 'accepted' });

  reader.peer.ask({ command: 'follow', id: ada.desk.actor, followId: `${reader.origin}/follows/1` });
  await heard('Accept');
  await told('follow');
});

let post: string;
let reply: Note;

test('what the reader posts is read, and a reply to it is understood as one', async () => {
  post = (await say({ kind: 'post', name: 'gate', to: ada.desk.actor, text: 'A gate in a wall.' })).about;
  await eventually(
    'the post in the reading feed',
    async () => JSON.stringify(await ada.store.reading.newest(10)).includes('A gate in a wall.') || undefined,
  );
  reply = await ada.desk.reply(post, 'I went through it.');
  expect(await ada.publish()).toEqual(['Create']);
  const { object, json } = await heard('Create');
  expect(object).toBe(reply.id);
  expect(json.object).toMatchObject({ type: 'Note', inReplyTo: post });
  expect(JSON.stringify(json.object.tag)).toContain(readerId);
  expect(JSON.stringify([json.to, json.cc])).toContain(readerId);

  await say({ kind: 'reply', name: 'answer', to: reply.id, text: 'Where did you come out?' });
  await told('reply');
  expect(await commentsOf(reply)).toContain('Where did you come out?');
  expect(await textAt(await pageOf(reply))).toContain('Where did you come out?');
});

let like: Note;
let boost: Note;

test('a like and a boost are those of the post', async () => {
  like = writeNote(ada.desk, 'like', `like-of: ${post}\n`);
  boost = writeNote(ada.desk, 'boost', `repost-of: ${post}\n`);
  expect((await ada.publish()).toSorted()).toEqual(['Announce', 'Like']);
  expect((await heard('Like')).object).toBe(post);
  const announce = await heard('Announce');
  expect(announce.object).toBe(post);
  expect(JSON.stringify(announce.json)).toMatch(/"to":"as:Public"|#Public/);
});

let quote: Note;

test('a quote is asked for, and its stamp told once it is there', async () => {
  quote = writeNote(ada.desk, 'quote', `quotation-of: ${post}\n`, 'Look at this.');
  expect(await ada.publish()).toEqual(['Create', 'QuoteRequest']);
  expect((await heard('Create', 2)).json.object).toMatchObject({ quoteUrl: post });
  const request = await heard('QuoteRequest');
  expect(request.object).toBe(post);
  expect(JSON.stringify(request.json.instrument)).toContain(quote.id);
  const { about: stamp } = await say({ kind: 'accept', name: 'quote', to: request.id });
  await told('quote-accepted');
  const update = await heard('Update');
  expect(update.object).toBe(quote.id);
  expect(JSON.stringify(update.json)).toContain(stamp);
  expect(await jsonAt(quote.id)).toMatchObject({ quoteAuthorization: stamp });
  expect(await jsonAt(stamp)).toMatchObject({ interactingObject: quote.id, interactionTarget: post });
});

test('a poll is a question to vote in', async () => {
  const poll = writeNote(ada.desk, 'tea', 'poll: {options: [Tea, Coffee], ends: 1h}\n', 'What do you drink?');
  expect(await ada.publish()).toEqual(['Create']);
  const { json } = await heard('Create', 3);
  expect(json.object).toMatchObject({ type: 'Question', oneOf: [{ name: 'Tea' }, { name: 'Coffee' }] });
  await say({ kind: 'vote', name: 'vote', to: poll.id, option: 'Coffee' });
  expect(await ada.store.answers.tally(poll.id)).toEqual({ votes: [0, 1], voters: 1 });

  const begun = Date.parse((await jsonAt(poll.id)).published);
  ada.desk.edit(poll.file, 'ends: 1h', `ends: ${new Date(begun + 1_000).toISOString()}`);
  expect(await ada.publish()).toEqual(['Update']);
  const ended = await eventually('the result', () =>
    activities('Update').find(({ json }) => JSON.stringify(json).includes('"closed"')),
  );
  expect(ended.json).toMatchObject({
    object: { id: poll.id, oneOf: [{ name: 'Tea' }, { name: 'Coffee', replies: { totalItems: 1 } }] },
  });
});

test('an edit is one, and what is taken back is named as it was sent', async () => {
  ada.desk.edit(reply.file, 'I went through it.', 'I climbed over it.');
  expect(await ada.publish()).toEqual(['Update']);
  const update = await eventually('the edit', () => activities('Update').find(({ object }) => object === reply.id));
  expect(JSON.stringify(update.json)).toContain('I climbed over it.');

  for (const { file } of [like, boost, quote, reply]) ada.desk.remove(file);
  expect((await ada.publish()).toSorted()).toEqual(['Delete', 'Delete', 'Undo', 'Undo']);
  const undone = [await heard('Undo', 1), await heard('Undo', 2)].map(({ object }) => object);
  expect(undone.toSorted()).toEqual([(await heard('Like')).id, (await heard('Announce')).id].toSorted());
  const deleted = [await heard('Delete', 1), await heard('Delete', 2)].map(({ object }) => object);
  expect(deleted.toSorted()).toEqual([quote.id, reply.id].toSorted());
});

test('a Move, the end of a follow and that of the account are understood', async () => {
  ada.desk.edit('profile.md', 'language: en', `language: en\nmovedTo: ${readerId}`);
  expect(await ada.held()).toEqual(['account-move']);
  expect(await ada.publish('account-move')).toEqual(['UpdateActor', 'Move']);
  const move = await heard('Move');
  expect(move.object).toBe(ada.desk.actor);
  expect(move.json).toMatchObject({ target: readerId });
  expect(JSON.stringify(activities('Update').at(-1)?.json)).toContain('movedTo');

  await ada.desk.run('unfollow', reader.handle);
  expect(await ada.publish()).toEqual(['Undo']);
  expect((await heard('Undo', 3)).object).toBe((await heard('Follow')).id);

  await ada.desk.run('account', 'delete', '--yes', ada.desk.handle);
  expect((await heard('Delete', 3)).object).toBe(ada.desk.actor);
});

test('Fedify took everything that came, and each activity came once', () => {
  const posted = reader.peer.events.flatMap((event) => (event.event === 'posted' ? [event] : []));
  const ours = posted.filter(({ actor }) => actor === ada.desk.actor).map(({ id }) => id);
  const taken = reader.peer.events.flatMap((event) => (event.event === 'activity' ? [event] : []));
  expect(taken.map(({ id }) => id).toSorted()).toEqual(ours.toSorted());
  expect(new Set(ours).size).toBe(ours.length);
  expect(taken.filter(({ provenBy }) => provenBy === '')).toEqual([]);
});
