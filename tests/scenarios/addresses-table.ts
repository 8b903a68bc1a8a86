import type { LedgerActor } from '../../federation/ledger.ts';
import type { Store } from '../../server/store/store.ts';
import { ORIGIN, POST_ID } from '../netlify/built-site.ts';
import { author, follower, interaction, ledgerObject } from '../server/store/samples.ts';

/** What is asked of every host, and what it must say. */
export interface Question {
  readonly path: string;
  readonly method?: string;
  readonly accept?: string;
  readonly status: number;
  /** The content type; absent where there is no content. */
  readonly type?: string;
}

export const ACTIVITY = 'application/activity+json';
const LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';
const JSON_TYPE = 'application/json';
export const HTML = 'text/html; charset=utf-8';
export const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

const STAMP = `${ORIGIN}/ap/stamps/0123456789abcdef0123456789abcdef`;
const REVOKED = `${ORIGIN}/ap/stamps/0123456789abcdef0123456789abcde0`;
const DELETED = `${ORIGIN}/ap/posts/deleted.json`;

/** The same in every store: who follows, what was said about the post, what was told of it and of one that is gone. */
export async function fill(store: Store, actor: Partial<LedgerActor> = {}): Promise<void> {
  for (const name of ['ann', 'bob', 'eve']) await store.followers.put(follower(name));
  await store.interactions.put(interaction('said', { target: POST_ID, inReplyTo: POST_ID }), author('r'));
  await store.interactions.put(interaction('liked', { kind: 'like', target: POST_ID }), author('r'));
  const stamp = { quote: 'https://remote.example/notes/q', target: POST_ID, actor: author('r').actor };
  const at = '2026-11-20T12:00:00Z';
  for (const id of [STAMP, REVOKED]) await store.stamps.put({ ...stamp, id, quote: `${stamp.quote}${id.at(-1)}`, at });
  await store.stamps.revoke(REVOKED, '2026-11-21T12:00:00Z');
  const told = [
    ledgerObject(POST_ID, { url: `${ORIGIN}/posts/hello/`, formerUrls: [`${ORIGIN}/posts/first/`] }),
    ledgerObject(DELETED, { url: `${ORIGIN}/posts/deleted/`, state: 'deleted', deleted: '2026-11-10T10:00:00Z' }),
  ];
  await store.ledger.begin({
    origin: ORIGIN,
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0, ...actor },
    begun: '2026-01-01T00:00:00Z',
    objects: new Map(told.map((object) => [object.id, object])),
  });
}

const webfinger = (resource: string) => `/.well-known/webfinger?resource=${resource}`;
const ask = (path: string, status: number, type?: string, more: Partial<Question> = {}): Question => ({
  ...{ path, status, ...more },
  ...(type === undefined ? {} : { type }),
});

/** Answered by functions: the same with no host around them. */
export const FUNCTION_QUESTIONS: readonly Question[] = [
  ask(webfinger('acct:blog@blog.test'), 200, 'application/jrd+json'),
  ask(webfinger('acct%3ABLOG%40blog.test'), 200, 'application/jrd+json'),
  ask(webfinger('https%3A%2F%2Fblog.test%2F'), 200, 'application/jrd+json'),
  ask(webfinger('acct:blog@blog.test'), 200, 'application/jrd+json', { method: 'HEAD' }),
  ask(webfinger('acct:nobody@blog.test'), 404, JSON_TYPE),
  ask('/.well-known/webfinger', 400, JSON_TYPE),
  ask(webfinger('acct:blog@blog.test'), 406, JSON_TYPE, { accept: 'text/html' }),
  ask(webfinger('acct:blog@blog.test'), 405, JSON_TYPE, { method: 'POST' }),
  ask(webfinger('acct:blog@blog.test'), 204, undefined, { method: 'OPTIONS' }),
  ask('/ap/posts/hello.json', 200, ACTIVITY),
  ask('/ap/posts/hello.json', 200, ACTIVITY, { accept: LD }),
  ask('/ap/posts/hello.json', 406, JSON_TYPE, { accept: 'text/html' }),
  ask('/ap/posts/hello.json', 405, JSON_TYPE, { method: 'DELETE' }),
  ask('/ap/notes/short.json', 200, ACTIVITY),
  ask('/ap/posts/deleted.json', 410, ACTIVITY),
  ask('/ap/posts/none.json', 404, JSON_TYPE),
  ask('/ap/followers', 200, ACTIVITY),
  ask('/ap/following', 200, ACTIVITY),
  ask('/ap/posts/hello/replies', 200, ACTIVITY),
  ask('/ap/posts/hello/likes', 200, ACTIVITY),
  ask('/ap/posts/hello/shares', 200, ACTIVITY),
  ask('/ap/posts/none/replies', 404, JSON_TYPE),
  ask('/ap/posts/hello/elsewhere', 404, JSON_TYPE),
  ask(STAMP.slice(ORIGIN.length), 200, ACTIVITY),
  ask(REVOKED.slice(ORIGIN.length), 410, JSON_TYPE),
  ask('/ap/stamps/ffffffffffffffffffffffffffffffff', 404, JSON_TYPE),
  ask('/ap/comments/posts/hello', 200, HTML),
  ask('/ap/comments/posts/none', 404, JSON_TYPE),
  ask('/ap/media/ffffffffffffffffffffffffffffffff', 404, JSON_TYPE),
  ask('/ap/interact?handle=me&uri=https://elsewhere.test/', 400, JSON_TYPE),
  ask('/ap/ledger', 200, JSON_TYPE),
  ask('/ap/owner', 405, JSON_TYPE),
  ask('/ap/owner/sending', 405, JSON_TYPE),
  ask('/ap/notifications/secret', 404, JSON_TYPE),
  ask('/ap/reading/secret.atom', 404, JSON_TYPE),
  ask('/ap/inbox', 405, JSON_TYPE),
];

/** Files of the build that are not there: at Netlify a function says so, to machines. */
export const NO_FILE_QUESTIONS: readonly Question[] = [
  ask('/ap/outbox/99.json', 404, JSON_TYPE),
  ask('/ap/outbox/none.json', 404, JSON_TYPE),
];

/** Answered by files of the build, and by nothing where there are none. */
export const FILE_QUESTIONS: readonly Question[] = [
  ask('/.well-known/nodeinfo', 200, JSON_TYPE),
  ask('/nodeinfo/2.1.json', 200, 'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"'),
  ask('/ap/actor.json', 200, ACTIVITY),
  ask('/ap/actor.json', 200, ACTIVITY, { accept: LD }),
  ask('/ap/actor.json', 200, ACTIVITY, { method: 'HEAD' }),
  ask('/ap/outbox.json', 200, ACTIVITY),
  ask('/ap/outbox/1.json', 200, ACTIVITY),
  ask('/ap/featured.json', 200, ACTIVITY),
  ask('/ap/manifest.json', 200, JSON_TYPE),
  ask('/ap/manifest/head.json', 200, JSON_TYPE),
  ask('/', 200, HTML, { accept: BROWSER }),
  ask('/posts/hello/', 200, HTML, { accept: BROWSER }),
  ask('/posts/hello/', 200, HTML, { method: 'HEAD' }),
  ask('/about/', 200, HTML),
  ask('/tags/zuerich/', 200, HTML),
  ask('/assets/style.css', 200, 'text/css; charset=utf-8'),
  ask('/assets/replies.js', 200, 'text/javascript; charset=utf-8'),
  ask('/assets/icon.svg', 200, 'image/svg+xml'),
  ask('/media/posts/box.svg', 200, 'image/svg+xml'),
  ask('/feed.xml', 200, 'application/atom+xml; charset=utf-8'),
  ask('/rss.xml', 200, 'application/rss+xml; charset=utf-8'),
  ask('/feed.json', 200, 'application/feed+json'),
  ask('/feed.json', 200, 'application/feed+json', { accept: ACTIVITY }),
  ask('/sitemap.xml', 200, 'application/xml'),
  ask('/robots.txt', 200, 'text/plain; charset=utf-8'),
  ask('/nowhere/', 404, HTML),
  ask('/nowhere.json', 404, HTML),
  ask('/.rules.json', 404, HTML),
  ask('/.own-replies.json', 404, HTML),
  ask('/.git/config', 404, HTML),
];

/** Addresses of pages, asked for by those who may mean the object behind them. */
export const NEGOTIATED_QUESTIONS: readonly Question[] = [
  ask('/', 200, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/hello', 200, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: LD }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: 'application/ld+json' }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: 'Application/Activity+JSON' }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: `${ACTIVITY}, ${LD}, text/html;q=0.1` }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: `text/html, ${ACTIVITY}` }),
  ask('/posts/hello/', 200, ACTIVITY, { accept: ACTIVITY, method: 'HEAD' }),
  ask('/notes/short/', 200, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/first/', 200, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/hello/', 200, HTML, { accept: `text/html, ${ACTIVITY};q=0.9` }),
  ask('/posts/hello/', 200, HTML, { accept: `${ACTIVITY};q=0, */*` }),
  ask('/posts/hello/', 200, HTML, { accept: '*/*' }),
  ask('/posts/hello/', 200, HTML, { accept: 'application/json' }),
  ask('/posts/hello/', 200, HTML, { accept: `text/plain;note="${ACTIVITY}"` }),
  ask('/about/', 200, HTML, { accept: ACTIVITY }),
  ask('/posts/', 200, HTML, { accept: ACTIVITY }),
  ask('/nowhere/', 404, HTML, { accept: ACTIVITY }),
];

/** What belongs to an account is gone with it, and the pages stay. */
export const GONE_QUESTIONS: readonly Question[] = [
  ask(webfinger('acct:blog@blog.test'), 410, JSON_TYPE),
  ask('/ap/posts/hello.json', 410, ACTIVITY),
  ask('/ap/followers', 410, JSON_TYPE),
  ask('/ap/ledger', 410, JSON_TYPE),
  ask('/', 410, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/hello/', 410, ACTIVITY, { accept: ACTIVITY }),
  ask('/posts/hello/', 200, HTML),
];

/** The same of what was a file of the build: one that knows of it leaves these out. */
export const GONE_FILE_QUESTIONS: readonly Question[] = [
  ask('/.well-known/nodeinfo', 410, JSON_TYPE),
  ask('/nodeinfo/2.1.json', 410, JSON_TYPE),
  ask('/ap/actor.json', 410, ACTIVITY),
  ask('/ap/actor.json', 410, ACTIVITY, { method: 'HEAD' }),
  ask('/ap/actor.json', 406, JSON_TYPE, { accept: 'text/html' }),
  ask('/ap/outbox.json', 410, JSON_TYPE),
  ask('/ap/outbox/1.json', 410, JSON_TYPE),
  ask('/ap/outbox/99.json', 410, JSON_TYPE),
  ask('/ap/featured.json', 410, JSON_TYPE),
];

/** What the functions of Netlify need beside them, and nobody else then: 410 on the Node host, no address there. */
export const GONE_PART_QUESTIONS: readonly Question[] = [
  ask('/ap/manifest.json', 410, JSON_TYPE),
  ask('/ap/manifest/head.json', 410, JSON_TYPE),
];
