import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { forkCommand, freePort, stop } from '../../scripts/demo/world.ts';
import { type LoopbackPeer, startLoopbackPeer } from '../invariants/loopback-peer.ts';
import { createOwnBlog, type OwnBlog, postFile } from '../invariants/own-blog.ts';

const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const PROFILE = `---
username: blog
name: A blog
replies:
  firstTimers: hold
quotes: ask
approveFollowers: true
---
A few words.
`;

/** `npm start` of a blog with one post, whose rules leave everything to the owner, and a peer that has something to say. */
export interface HeardBlog {
  readonly blog: OwnBlog;
  /** The owner's own machine: the content and the owner's private keys, which the server has not. */
  readonly desk: OwnBlog;
  readonly ann: LoopbackPeer;
  readonly origin: string;
  /** The id of the post. */
  readonly post: string;
  printed(): string;
  note(name: string, more?: JsonObject): JsonObject;
  activity(type: string, name: string, object: JsonObject[string], more?: JsonObject): JsonObject;
  /** Sends an activity, signed, to the inbox, which takes it. */
  send(activity: JsonObject): Promise<void>;
  /** Sends a note of this name as a reply to the post. */
  reply(name: string, more?: JsonObject): Promise<void>;
  /** What the collection of replies says. */
  shownIds(): Promise<string>;
  /** Where a text is shown, by whoever asks next: on the page, in the comments of it, in the collection of replies. */
  placesOf(words: string, id: string): Promise<string[]>;
  /** Runs a command with `--json` that succeeds. */
  json(from: OwnBlog, name: string, ...args: string[]): Promise<ReturnType<typeof JSON.parse>>;
  /** The short name of a reply. */
  nameOf(from: OwnBlog, id: string, ...more: string[]): Promise<string>;
  close(): Promise<void>;
}

export async function startHeardBlog(): Promise<HeardBlog> {
  const ann = await startLoopbackPeer();
  const PORT = String(await freePort());
  const origin = `http://127.0.0.1:${PORT}`;
  const settings = { POSTERN_ORIGIN: origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT };
  const blog = createOwnBlog(settings);
  blog.write('profile.md', PROFILE);
  blog.write('posts/a.md', postFile('A', 'Text.', 'id: a\n'));
  let printed = '';
  const server = forkCommand('start', [], blog.environment);
  for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  await new Promise<void>((ready, fail) => {
    server.once('message', () => ready());
    server.once('exit', (code) => fail(new Error(`npm start ended with ${code}:\n${printed}`)));
  });
  const desk = createOwnBlog(settings);
  cpSync(blog.content, desk.content, { recursive: true });
  mkdirSync(desk.data);
  cpSync(join(blog.data, 'owner.json'), join(desk.data, 'owner.json'));
  rmSync(join(blog.data, 'owner.json'));
  return {
    ...{ blog, desk, ann, origin, printed: () => printed },
    ...saying(ann, origin),
    ...asking(origin),
    async close() {
      await stop(server, 'SIGINT');
      await ann.close();
      for (const each of [blog, desk]) each.remove();
    },
  };
}

function saying(ann: LoopbackPeer, origin: string): Pick<HeardBlog, 'post' | 'note' | 'activity' | 'send' | 'reply'> {
  const post = `${origin}/ap/posts/a.json`;
  const inbox = `${origin}/ap/inbox`;
  const note: HeardBlog['note'] = (name, more = {}) => ({
    id: ann.id(name),
    type: 'Note',
    attributedTo: ann.actor,
    inReplyTo: post,
    content: `<p>Words of ${name}</p>`,
    published: new Date().toISOString(),
    to: [PUBLIC],
    ...more,
  });
  const activity: HeardBlog['activity'] = (type, name, object, more = {}) => ({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: ann.id(`${type}-${name}`),
    type,
    actor: ann.actor,
    ...(object === undefined ? {} : { object }),
    ...more,
  });
  const send: HeardBlog['send'] = async (sent) => {
    const response = await fetch(inbox, ann.signed(inbox, sent, Date.now()));
    expect([response.status, await response.text()]).toEqual([202, '']);
  };
  const reply: HeardBlog['reply'] = (name, more) => send(activity('Create', name, note(name, more), { to: [PUBLIC] }));
  return { post, note, activity, send, reply };
}

function asking(origin: string): Pick<HeardBlog, 'shownIds' | 'placesOf' | 'json' | 'nameOf'> {
  const json: HeardBlog['json'] = async (from, name, ...args) => {
    const { code, stdout, stderr } = await from.run(name, ...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  return {
    json,
    async shownIds() {
      const headers = { accept: 'application/activity+json' };
      return (await fetch(`${origin}/ap/posts/a/replies?page=true`, { headers })).text();
    },
    async placesOf(words, id) {
      const headers = { accept: 'application/activity+json' };
      const collection = await fetch(`${origin}/ap/posts/a/replies?page=true`, { headers });
      const texts = {
        page: (await (await fetch(`${origin}/posts/a/`)).text()).includes(words),
        comments: (await (await fetch(`${origin}/ap/comments/posts/a`)).text()).includes(words),
        collection: (await collection.text()).includes(id),
      };
      return Object.entries(texts).flatMap(([place, isThere]) => (isThere ? [place] : []));
    },
    async nameOf(from, id, ...more) {
      const { replies } = await json(from, 'replies', 'list', '--all', ...more);
      return replies.find((each: { id: string }) => each.id === id).short;
    },
  };
}
