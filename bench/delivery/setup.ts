/** What the processes of the delivery benchmark agree on. Everything of it stays on loopback. */

import type { OutgoingActivity } from '../../federation/outcome.ts';

/** What each sender is started with, as JSON in its first argument. */
export interface Setup {
  /** For the store and the keys. */
  readonly folder: string;
  readonly ports: { readonly http: Ports; readonly https: Ports };
  /** Whether the floor signs, as whoever delivers must, or sends headers that were made before. */
  readonly floorSigns: boolean;
}

/** Where the peers of a scheme listen, by what they do. */
export interface Ports {
  /** Answers 202. */
  readonly well: number;
  /** Reads the request and never answers. */
  readonly hanging: number;
  /** Takes the connection and never says a byte. */
  readonly silent: number;
  /** Takes the connection, TLS included, and resets it. */
  readonly resetting: number;
}

/** One round: `activities` posts, each to every one of the origins from `first` on. */
export interface Work {
  readonly scheme: 'http' | 'https';
  readonly first: number;
  readonly origins: number;
  readonly activities: number;
  /** Dead origins beside them; the round is over when the living ones are served. */
  readonly dead?: Dead;
  /** How long a living peer takes for its answer, in milliseconds. */
  readonly answerAfter?: number;
}

export interface Dead {
  readonly origins: number;
  /** Whether a delivery to each of them has failed before. */
  readonly known: boolean;
}

/** What a round cost the sending process. */
export interface Cost {
  /** User and system seconds, of all its threads. */
  readonly cpu: number;
  readonly wall: number;
  /** MiB resident: now, and the most since the process began. */
  readonly memory: number;
  readonly peak: number;
}

export const ORIGIN = 'https://blog.example';
export const ACTOR = `${ORIGIN}/ap/actor.json`;

/** Requests at once, for every sender that lets it be set. */
export const AT_ONCE = 64;

/** Loopback addresses that the names are spread over: one alone would run out of ports. */
const ADDRESSES = 16;
export const SUFFIX = 'peers.test';

export function addressOf(name: string): string {
  return `127.0.0.${1 + (Number(/\d+/.exec(name)?.[0] ?? 0) % ADDRESSES)}`;
}

export function addresses(): string[] {
  return Array.from({ length: ADDRESSES }, (_, i) => addressOf(`p${i}.${SUFFIX}`));
}

export function inboxesOf(setup: Setup, work: Work): string[] {
  const { scheme, first, origins, answerAfter } = work;
  const path = answerAfter === undefined ? '/inbox' : `/after/${answerAfter}/inbox`;
  const port = setup.ports[scheme].well;
  return Array.from({ length: origins }, (_, i) => `${scheme}://p${first + i}.${SUFFIX}:${port}${path}`);
}

/** Nothing listens there. */
const CLOSED_PORT = 1;

/** Names of the dead, spread among those of the living: half of them hang, a quarter refuse, a quarter reset. */
export function deadInboxesOf(setup: Setup, work: Work): string[] {
  const { well: _, hanging, silent, resetting } = setup.ports[work.scheme];
  const ports = [hanging, CLOSED_PORT, silent, resetting];
  return Array.from({ length: work.dead?.origins ?? 0 }, (_, i) => {
    const number = work.first + Math.floor((i * work.origins) / (work.dead?.origins ?? 1));
    return `${work.scheme}://p${number}-dead.${SUFFIX}:${ports[i % ports.length]}/inbox`;
  });
}

const PARAGRAPH =
  '<p>A letter about a garden by the river, with a window to the harbour and a stone that keeps the paper.</p>';

/** A post of 2.6 kB, as a blog announces it. */
export function makeArticle(number: string): { id: string; name: string; content: string } {
  return { id: `${ORIGIN}/ap/posts/${number}.json`, name: `Post ${number}`, content: PARAGRAPH.repeat(17) };
}

export function makeCreate(number: string): OutgoingActivity {
  const { id: object, name, content } = makeArticle(number);
  const id = `${ORIGIN}/ap/activities/${number}.json`;
  const to = ['https://www.w3.org/ns/activitystreams#Public'];
  const shared = { published: '2026-11-23T08:00:00Z', to, cc: [`${ORIGIN}/ap/followers.json`] };
  const url = `${ORIGIN}/posts/${number}/`;
  const article = { id: object, type: 'Article', attributedTo: ACTOR, name, content, url, ...shared };
  const context = 'https://www.w3.org/ns/activitystreams';
  return {
    id,
    type: 'Create',
    object,
    json: { '@context': context, id, type: 'Create', actor: ACTOR, object: article, ...shared },
  };
}
