import {
  afterFirst,
  isActor,
  isDocument,
  isPage,
  keepOneAnswer,
  otherPem,
  page,
  to,
  tryEach,
  typed,
  withActor,
  without,
} from './doctor-breaks.ts';
import type { Passing } from './doctor-world.ts';

tryEach([
  {
    name: 'the actor redirects to www',
    how: () => (asked) => (isActor(asked) ? to('https://www.blog.example/ap/actor.json') : undefined),
    check: 'documents.redirect',
    saw: /ap\/actor\.json → 301, to https:\/\/www\.blog\.example.*for all/,
    next: /answer itself instead of sending everybody to www\.blog\.example/,
  },
  {
    name: 'ids get a slash',
    how: () => (asked) => (/^\/ap\/(posts|notes)\/[^/]+\.json$/.test(asked.path) ? to(`${asked.path}/`) : undefined),
    check: 'documents.redirect',
    saw: /the newest Article: .*hello\.json → 301/,
    next: /pretty URLs/,
    also: ['functions.missing'],
  },
  {
    name: 'a page in place of the JSON',
    how: () => (asked) => (isDocument(asked) ? page(200) : undefined),
    check: 'documents.type',
    saw: /200 text\/html; charset=utf-8 \(for all\), which they do not read/,
    next: /rewrite of unknown addresses to a page/,
    also: ['functions.missing'],
  },
  {
    name: 'files are sent as application/json',
    how: () => (asked, answer) => (isDocument(asked) ? typed(answer, 'application/json') : undefined),
    check: 'documents.type',
    saw: /200 application\/json/,
    next: /Content-Type: application\/activity\+json/,
  },
  {
    name: 'a charset that only Lemmy minds',
    how: () => (asked, answer) =>
      isActor(asked) ? typed(answer, 'application/activity+json;charset=utf-8') : undefined,
    check: 'documents.type',
    saw: /\(for Lemmy\)/,
    next: /application\/activity\+json/,
  },
  {
    name: 'a cache has a page for the id from the second round on',
    how: () => afterFirst(isActor, () => page(200), 5),
    check: 'documents.type',
    saw: /for all, the second time/,
    next: /cache in between/,
    also: ['inbox.signed'],
  },
  {
    name: 'JSON that breaks off',
    how: () => (asked, answer) => (asked.path === '/ap/outbox.json' ? { ...answer, isCut: true } : undefined),
    check: 'documents.json',
    saw: /outbox.* breaks off/,
    next: /deploy again/,
  },
  {
    name: 'JSON that is truncated',
    how: () => (asked, answer) =>
      asked.path === '/ap/outbox.json' ? { ...answer, body: answer.body.slice(0, 40) } : undefined,
    check: 'documents.json',
    saw: /outbox.* is no JSON/,
    next: /deploy again/,
  },
  {
    name: 'no access for readers in a browser',
    how: () => (asked, answer) => (isActor(asked) ? without(answer, 'access-control-allow-origin') : undefined),
    check: 'documents.cors',
    saw: /Access-Control-Allow-Origin/,
    next: /everything below \/ap\//,
    mark: 'warning',
  },
  {
    name: 'the inbox is on another host',
    how: () => withActor(() => ({ inbox: 'https://elsewhere.example/ap/inbox' })),
    check: 'actor.host',
    saw: /inbox of the actor is https:\/\/elsewhere\.example/,
    next: /Misskey refuses/,
  },
  {
    name: 'the key is in a list',
    how: () => withActor(({ publicKey }) => ({ publicKey: [publicKey] })),
    check: 'actor.key',
    saw: /in a list, which Lemmy/,
    next: /Build again/,
    also: ['keys.published'],
  },
  {
    name: 'the key in the actor is another',
    how: () => withActor(({ publicKey }) => ({ publicKey: { ...Object(publicKey), publicKeyPem: otherPem } })),
    check: 'keys.published',
    saw: /not the one in content\/keys\.json: other servers refuse/,
    next: /keys\.json/,
    also: ['inbox.signed'],
  },
  {
    name: 'WebFinger names another host',
    how: () => (asked, answer) =>
      asked.path.startsWith('/.well-known/webfinger')
        ? { ...answer, body: answer.body.replace(/"acct:blog@[^"]*"/, '"acct:blog@old.example"') }
        : undefined,
    check: 'webfinger.loop',
    saw: /is told that it is @blog@old\.example/,
    next: /does not lead back to itself/,
  },
  {
    name: 'WebFinger leads to another actor',
    how: () => (asked, answer) =>
      asked.path.startsWith('/.well-known/webfinger')
        ? { ...answer, body: answer.body.replaceAll('/ap/actor.json', '/ap/actor') }
        : undefined,
    check: 'webfinger.loop',
    saw: /leads to http:\/\/127\.0\.0\.1:\d+\/ap\/actor, not to/,
    next: /letter by letter/,
  },
  {
    name: 'a cache keeps the page for all who ask',
    how: () => keepOneAnswer(isPage),
    check: 'pages.cache',
    saw: /right JSON past the cache/,
    next: /Vary: Accept.*purge/,
  },
  {
    name: 'a cache gives readers the JSON once a server has asked',
    how: () => {
      const json = new Map<string, Passing>();
      return (asked, answer) => {
        if (!isPage(asked)) return undefined;
        if (!asked.accept.includes('html')) json.set(asked.path, answer);
        return json.get(asked.path);
      };
    },
    check: 'pages.cache',
    saw: /a browser that opens .* gets 200 application\/activity\+json/,
    next: /Vary: Accept.*purge/,
  },
  {
    name: 'pages do not say that they vary',
    how: () => (asked, answer) => (isPage(asked) ? without(answer, 'vary') : undefined),
    check: 'pages.vary',
    saw: /has no "Vary: Accept"/,
    next: /Send "Vary: Accept"/,
    mark: 'warning',
  },
  {
    name: 'pages do not link to their objects',
    how: () => (asked, answer) =>
      isPage(asked)
        ? { ...answer, body: answer.body.replace(/<link rel="alternate" type="application\/activity\+json"[^>]*>/, '') }
        : undefined,
    check: 'pages.alternate',
    saw: /has no link to its ActivityPub form/,
    next: /<link rel="alternate" type="application\/activity\+json" href="http/,
    mark: 'warning',
  },
  {
    name: 'a cache keeps a page for servers once a reader has asked again',
    how: () =>
      afterFirst(
        (asked) => isPage(asked) && !asked.accept.includes('html'),
        () => page(200),
        1,
      ),
    check: 'pages.cache',
    saw: /200 application\/activity\+json the first time, 200 text\/html; charset=utf-8 the second/,
    next: /Vary: Accept.*purge/,
  },
]);
