import { expect, onTestFinished, test } from 'vitest';
import { addressesOf } from '../../federation/addresses.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { openAsk } from '../../scripts/doctor/ask.ts';
import { lookAtLinks } from '../../scripts/doctor/links.ts';
import { startPeer } from '../server/http/peer.ts';

/** A server that plays the blog and every page and account that it links; `{origin}` stands for its address. */
async function look(pages: Readonly<Record<string, string>>, actor: JsonObject): Promise<string[]> {
  const peer = await startPeer((request, response) => {
    const page = pages[request.url ?? '']?.replaceAll('{origin}', peer.origin);
    if (page === undefined) return void response.writeHead(request.url === '/locked' ? 401 : 404).end();
    if (page.startsWith('→')) return void response.writeHead(301, { location: page.slice(1) }).end();
    const type = page.startsWith('{') ? 'application/activity+json' : 'text/html';
    response.writeHead(200, { 'content-type': type }).end(page);
  });
  const { ask, close } = openAsk({ allowPrivate: true, clock: Date.now });
  onTestFinished(async () => {
    close();
    await peer.close();
  });
  const { origin } = peer;
  const patient = {
    ...{ origin, addresses: addressesOf(origin), ask, clock: Date.now, allowPrivate: true },
    resolve: async () => [],
  };
  const met = {
    ...{ answer: { kind: 'none', url: '', code: '', reason: '' } as const, isReadable: true, posts: [] },
    actor: JSON.parse(JSON.stringify({ url: '{origin}/', ...actor }).replaceAll('{origin}', origin)) as JsonObject,
  };
  const findings = await lookAtLinks(patient, met);
  return findings.map(({ check, mark, saw }) => `${mark} ${check} ${saw.replaceAll(origin, '')}`);
}

const field = (path: string): JsonObject => ({
  type: 'PropertyValue',
  name: 'A page',
  value: `<a href="{origin}${path}" rel="me">it</a>`,
});

test('a link counts when both pages have rel="me" to each other, over a redirect too', async () => {
  const pages = {
    '/': '<a rel="me" href="/mine">x</a><a rel="nofollow me" href="/moved">x</a>',
    '/mine': '<link rel="me" href="{origin}">',
    '/moved': '→/mine',
    '/one-way': '<a href="{origin}/">no rel</a>',
    '/theirs-alone': '<a rel="noopener me" href="{origin}/">x</a>',
  };
  const attachment = ['/mine', '/moved', '/one-way', '/theirs-alone', '/gone'].map(field);
  expect(await look(pages, { attachment })).toEqual([
    'ok links.me /mine and the blog link each other with rel="me"',
    'ok links.me /moved and the blog link each other with rel="me"',
    'warning links.me /one-way has no rel="me" link back to /: no server shows it as verified',
    'warning links.me the home page has no rel="me" link to /theirs-alone, which links back',
    expect.stringContaining('warning links.me the profile links /gone → 404'),
  ]);
});

test('other accounts are there, and the one to which the blog moved names it', async () => {
  const account = (path: string, alsoKnownAs: string): string => JSON.stringify({ id: `{origin}${path}`, alsoKnownAs });
  const pages = {
    '/old': account('/old', ''),
    '/new': account('/new', '{origin}/ap/actor.json'),
    '/other': account('/else', ''),
  };
  const alsoKnownAs = ['{origin}/old', '{origin}/gone', '{origin}/locked', '{origin}/other'];
  expect(await look(pages, { alsoKnownAs, movedTo: '{origin}/new' })).toEqual([
    'ok links.alias alsoKnownAs: /old is there',
    expect.stringContaining('warning links.alias alsoKnownAs: /gone → 404'),
    'skipped links.alias alsoKnownAs: /locked shows itself to signed requests alone',
    'warning links.alias alsoKnownAs: /other → its id is another',
    'ok links.moved movedTo: /new names the blog in its alsoKnownAs',
  ]);
  expect(await look(pages, { movedTo: '{origin}/old' })).toEqual([
    'broken links.moved movedTo: /old does not name the blog in its alsoKnownAs: no server believes the move',
  ]);
  expect(await look(pages, {})).toEqual([expect.stringContaining('ok links.me the profile links no page')]);
});
