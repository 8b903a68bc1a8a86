import { expect, test } from 'vitest';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { redirectLines } from '../../scripts/redirects.ts';
import { NOTE, toldDeed } from '../federation/plan-samples.ts';

const ORIGIN = 'https://blog.example';
const told = (key: string, page: string, formerPages: string[] = [], state: LedgerObject['state'] = 'announced') => ({
  id: `${ORIGIN}/ap/posts/${key}.json`,
  state,
  type: 'Article' as const,
  digest: 'd',
  revision: 0,
  published: '2026-11-01T00:00:00Z',
  title: key,
  visibility: 'public' as const,
  url: ORIGIN + page,
  formerUrls: formerPages.map((each) => ORIGIN + each),
  source: `posts/${key}.md`,
});

const lines = (objects: LedgerObject[], pages: Record<string, string>) => {
  const ledger: Ledger = {
    origin: ORIGIN,
    begun: '2026-11-01T00:00:00Z',
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a', revision: 0 },
    objects: new Map(objects.map((object) => [object.id, object])),
  };
  const urls = Object.entries(pages).map(([key, page]): [string, string] => [
    `${ORIGIN}/ap/posts/${key}.json`,
    ORIGIN + page,
  ]);
  return redirectLines(ledger, new Map(urls));
};

test('A page that was renamed is found at its new address, also one that was renamed before', () => {
  expect(lines([told('a', '/posts/second/', ['/posts/first/'])], { a: '/posts/third/' })).toEqual([
    '/posts/second/ /posts/third/ 301',
    '/posts/first/ /posts/third/ 301',
  ]);
});

test('What never moved, is deleted, or is not in the build has no line', () => {
  expect(lines([told('a', '/posts/a/')], { a: '/posts/a/' })).toEqual([]);
  expect(lines([told('b', '/posts/b/', ['/posts/was-b/'], 'deleted')], {})).toEqual([]);
});

test('An address that another page has now stays that page’s', () => {
  const objects = [told('a', '/posts/new-a/', ['/posts/b/']), told('b', '/posts/b/')];
  expect(lines(objects, { a: '/posts/new-a/', b: '/posts/b/' })).toEqual([]);
});

test('Two posts that had one address: it leads to the one that is listed first', () => {
  const objects = [told('a', '/posts/a/', ['/posts/x/']), told('b', '/posts/b/', ['/posts/x/'])];
  expect(lines(objects, { a: '/posts/a/', b: '/posts/b/' })).toEqual(['/posts/x/ /posts/a/ 301']);
});

test('Letters beyond ASCII are encoded, and what would be a pattern is left out', () => {
  expect(lines([told('a', '/posts/für/', ['/posts/*/', '/:x/'])], { a: '/posts/a/' })).toEqual([
    '/posts/f%C3%BCr/ /posts/a/ 301',
  ]);
});

test.each([
  ['another host', '//evil.example/'],
  ['another host, to a server that decodes', '/%2Fevil.example/'],
  ['another host, in the spelling of another system', '/%5Cevil.example/'],
  ['a function', '/ap/owner'],
  ['a function, in another spelling', '/%61p/owner'],
  ['what peers ask for', '/.well-known/webfinger'],
  ['the platform', '/.netlify/functions/owner'],
  ['a pattern', '/posts/*/'],
])('No line leads to or from %s', (_, page) => {
  expect(lines([told('a', '/posts/was-a/')], { a: page })).toEqual([]);
  expect(lines([told('a', '/posts/a/', [page])], { a: '/posts/a/' })).toEqual([]);
});

test('A page whose path has a space in it, or begins like what machines ask for, is a page', () => {
  expect(lines([told('a', '/api/was%20a/')], { a: '/apples/a%20b/' })).toEqual(['/api/was%20a/ /apples/a%20b/ 301']);
});

test('A like has no page of its own to move', () => {
  const like = { ...toldDeed('Like', NOTE), formerUrls: [] };
  const ledger: Ledger = {
    ...{ origin: ORIGIN, begun: '2026-11-01T00:00:00Z', objects: new Map([[like.id, like]]) },
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'a', revision: 0 },
  };
  expect(redirectLines(ledger, new Map([[like.id, `${ORIGIN}/notes/like/`]]))).toEqual([]);
});
