import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readRemoteCache } from '../../build/remote-cache.ts';
import { readSettings, type Settings } from '../../build/settings.ts';
import { findWanted } from '../../build/wanted.ts';
import { createResolveMemory, explain, type ResolveStepOptions, resolveRemote } from '../../scripts/resolve.ts';
import { loadKeys } from '../../server/keys.ts';
import { type Elsewhere, openElsewhere } from '../remote/elsewhere.ts';

const ANN = '@ann@a.example';

let settings: Settings;
let elsewhere: Elsewhere;
beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  vi.stubEnv('POSTERN_OFFLINE', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  const root = mkdtempSync(join(tmpdir(), 'postern-resolve-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  write('profile.md', '---\nusername: blog\nname: A blog\norigin: https://blog.example\n---\nHello.\n');
  elsewhere = await openElsewhere();
  elsewhere.person(ANN);
});

function write(path: string, text: string): void {
  const file = join(settings.contentFolder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const note = (head: string, body = 'Text.\n'): string => `---\ndate: 2026-11-21T10:00:00Z\n${head}\n---\n${body}`;
const resolve = (options: ResolveStepOptions = {}) => resolveRemote(settings, { agents: elsewhere.agents, ...options });
const known = () => readRemoteCache(settings.contentFolder).cache;

/** Why the post at an address is not known. */
async function reasonFor(url: string): Promise<string | undefined> {
  write('notes/r.md', note(`in-reply-to: ${url}`));
  return (await resolve()).get(url);
}

describe('what the content names', () => {
  test('is gathered with every place: references, mentions and who is followed', () => {
    write('notes/r.md', note('in-reply-to: https://a.example/1', 'Hi @Ann@A.example!\n\n`@no@code.example`\n'));
    write('posts/p.md', '---\ntitle: P\ndate: 2026-11-21\n---\nBy\n@ann@a.example\n');
    write('notes/draft.md', note('draft: true\nlike-of: https://a.example/2'));
    write('notes/own.md', note('in-reply-to: https://blog.example/posts/p/', '@blog@blog.example'));
    write('following.csv', 'Account address,Show boosts\nBob@b.example,true\n');
    expect(findWanted(settings).wanted).toEqual([
      {
        ...{ kind: 'person', what: '@bob@b.example', asked: '@Bob@b.example', isKnown: false },
        places: [{ file: 'following.csv', line: 2 }],
      },
      {
        ...{ kind: 'object', what: 'https://a.example/1', asked: 'https://a.example/1', isKnown: false },
        places: [{ file: 'notes/r.md', line: 3 }],
      },
      {
        ...{ kind: 'person', what: ANN, asked: '@Ann@a.example', isKnown: false },
        places: [
          { file: 'notes/r.md', line: 5 },
          { file: 'posts/p.md', line: 6 },
        ],
      },
    ]);
  });

  test('nothing → nobody is asked and no file is made', async () => {
    write('notes/n.md', note('tags: [a]', 'Mail me@a.example.\n'));
    expect(await resolve()).toEqual(new Map());
    expect(elsewhere.requests).toEqual([]);
    expect(existsSync(join(settings.contentFolder, 'remote.json'))).toBe(false);
  });
});

describe('a post of somebody', () => {
  test('by its page: the page, its document, its author and their name, five requests at the most', async () => {
    const url = elsewhere.note(ANN, '1', { content: `<p>Hello<br>&lt;you&gt; ${'word '.repeat(100)}</p>` });
    write('notes/r.md', note(`in-reply-to: ${url}`));
    expect(await resolve()).toEqual(new Map());
    expect(elsewhere.requests).toEqual([
      'GET a.example/@ann/1',
      'GET a.example/@ann/1',
      'GET a.example/users/ann/statuses/1',
      'GET a.example/users/ann',
      'GET a.example/.well-known/webfinger?resource=acct%3Aann%40a.example',
    ]);
    const object = known().objects.get(url);
    expect(object).toMatchObject({
      ...{ id: 'https://a.example/users/ann/statuses/1', url, type: 'Note', published: '2026-11-20T08:00:00.000Z' },
      author: {
        ...{ id: 'https://a.example/users/ann', handle: ANN, name: 'ANN', url: 'https://a.example/@ann' },
        ...{ inbox: 'https://a.example/users/ann/inbox', sharedInbox: 'https://a.example/inbox' },
      },
    });
    expect(object?.excerpt).toMatch(/^Hello <you> word .*…$/);
    expect(object?.excerpt?.length).toBeLessThanOrEqual(300);
    // All of it is known now.
    elsewhere.requests.length = 0;
    await resolve();
    expect(elsewhere.requests).toEqual([]);
  });

  test('whose server sends readers on to where the post is at home', async () => {
    const home = elsewhere.note(ANN, '7');
    elsewhere.status('https://b.example/@ann@a.example/99', 302, { location: home });
    expect(await reasonFor('https://b.example/@ann@a.example/99')).toBeUndefined();
    expect(known().objects.get('https://b.example/@ann@a.example/99')?.url).toBe(home);
  });

  test('an author whose handle is of another domain gets that one, if that domain says so too and requests are left', async () => {
    const lead = (asked: string, subject: string, user: string): void =>
      elsewhere.json(
        `https://${asked.split('@')[1]}/.well-known/webfinger?resource=${encodeURIComponent(`acct:${asked}`)}`,
        {
          subject: `acct:${subject}`,
          links: [{ rel: 'self', type: 'application/activity+json', href: `https://a.example/users/${user}` }],
        },
      );
    elsewhere.person('@eve@a.example');
    lead('ann@a.example', 'ann@ann.example', 'ann');
    lead('ann@ann.example', 'ann@ann.example', 'ann');
    lead('eve@a.example', 'ann@ann.example', 'eve');
    const handleBy = async (url: string) => {
      elsewhere.requests.length = 0;
      await reasonFor(url);
      expect(elsewhere.requests.length).toBeLessThanOrEqual(5);
      return known().objects.get(url)?.author.handle;
    };
    expect(await handleBy(elsewhere.note(ANN, '1'))).toBe(ANN);
    expect(await handleBy(elsewhere.note(ANN, '2').replace('/@ann/', '/users/ann/statuses/'))).toBe('@ann@ann.example');
    const eves = elsewhere.note('@eve@a.example', '3').replace('/@eve/', '/users/eve/statuses/');
    expect(await handleBy(eves)).toBe('@eve@a.example');
  });

  test('behind a content warning only the warning is kept, and who may not quote is told', async () => {
    const policy = { canQuote: { automaticApproval: ['https://a.example/users/ann'] } };
    const url = elsewhere.note(ANN, '1', { summary: 'Spiders', sensitive: true, interactionPolicy: policy });
    await reasonFor(url);
    expect(known().objects.get(url)).toMatchObject({ excerpt: 'Spiders', refusesQuotes: true });
  });

  test.each([
    ['is for followers', { to: ['https://a.example/users/ann/followers'] }, 'it is not public'],
    ['is an activity', { type: 'Create' }, 'it tells of a post, and is none'],
    ['is gone', { type: 'Tombstone' }, 'it is gone'],
    ['is by somebody of another server', { attributedTo: 'https://b.example/users/eve' }, 'it does not say by whom'],
    ['says that it is another', { id: 'https://b.example/1' }, 'what its server answers cannot be used'],
  ])('that %s is not kept', async (_, more, reason) => {
    const url = elsewhere.note(ANN, '1', more);
    expect(await reasonFor(url)).toContain(reason);
    expect(existsSync(join(settings.contentFolder, 'remote.json'))).toBe(false);
  });

  test.each([404, 410])('that answers %i is said to be gone, with what to do', async (status) => {
    elsewhere.status('https://a.example/1', status);
    expect(await reasonFor('https://a.example/1')).toBe(
      `its server answers ${status}: it is gone, or not public; correct the address, or take the line out`,
    );
  });

  test('an account is no post, a page without a document is none either, and an address of this network is not asked', async () => {
    expect(await reasonFor('https://a.example/users/ann')).toContain('it is an account, and no post');
    elsewhere.at('https://c.example/post', (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<link rel=alternate type="application/rss+xml" href=/f>'),
    );
    expect(await reasonFor('https://c.example/post')).toContain('its page names no ActivityPub document');
    expect(await reasonFor('http://127.0.0.1/1')).toContain('its address may not be asked');
  });

  test('addresses that lead from one to the next cost five requests and no more', async () => {
    // Every page names another page.
    const page = (at: string, to: string): void =>
      elsewhere.at(at, (_, response) =>
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(`<link rel="alternate" type="application/activity+json" href="${to}">`),
      );
    page('https://c.example/1', 'https://c.example/2');
    page('https://c.example/2', 'https://c.example/3');
    expect(await reasonFor('https://c.example/1')).toBeDefined();
    expect(elsewhere.requests.length).toBeLessThanOrEqual(5);
  });
});

describe('somebody', () => {
  test('is found by handle, with the name in their own case, and one request each', async () => {
    elsewhere.person('@Bob@b.example');
    write('notes/n.md', note('tags: [a]', 'Hi @Bob@b.example and @ann@a.example, @nobody@a.example.\n'));
    expect(await resolve()).toEqual(
      new Map([['@nobody@a.example', expect.stringContaining('nobody of that name is there; correct the name')]]),
    );
    expect([...known().actors].map(([handle, actor]) => `${handle} ${actor.handle}`)).toEqual([
      '@ann@a.example @ann@a.example',
      '@bob@b.example @Bob@b.example',
    ]);
  });

  test('who is the author of a known post is not asked for again', async () => {
    const url = elsewhere.note(ANN, '1');
    await reasonFor(url);
    elsewhere.requests.length = 0;
    write('notes/n.md', note('tags: [a]', 'Hi @ann@a.example.\n'));
    expect(await resolve()).toEqual(new Map());
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('requests', () => {
  test('are signed where the private keys are, and asked again without where a server cannot check them', async () => {
    await loadKeys(settings);
    const signatures: boolean[] = [];
    const url = elsewhere.note(ANN, '1').replace('/@ann/1', '/users/ann/statuses/1');
    await reasonFor(url);
    expect(known().objects.size).toBe(1);
    elsewhere.at('https://a.example/2', (request, response) => {
      signatures.push(request.headers.signature !== undefined);
      response.writeHead(401).end();
    });
    expect(await reasonFor('https://a.example/2')).toContain('it may know this blog once that is live');
    expect(signatures).toEqual([true, false]);
  });

  test('offline → what is known stays, the rest says why', async () => {
    vi.stubEnv('POSTERN_OFFLINE', '1');
    expect(await reasonFor('https://a.example/1')).toBe('POSTERN_OFFLINE is set, so nobody was asked');
    expect(elsewhere.requests).toEqual([]);
  });

  test('a deadline ends them all, and says that the next build asks', async () => {
    elsewhere.at('https://a.example/slow', () => {});
    write('notes/r.md', note('in-reply-to: https://a.example/slow'));
    const reasons = await resolve({ deadlineMs: 50 });
    expect(reasons.get('https://a.example/slow')).toContain('the next build does');
  });

  test('a server that failed is left alone while the content is watched', async () => {
    const memory = createResolveMemory();
    elsewhere.status('https://a.example/1', 503);
    write('notes/r.md', note('in-reply-to: https://a.example/1'));
    const first = await resolve({ memory });
    const asked = elsewhere.requests.length;
    expect(await resolve({ memory })).toEqual(first);
    expect(first.get('https://a.example/1')).toContain('status 503');
    expect(elsewhere.requests.length).toBe(asked);
  });

  test('--refresh asks for all of it anew, and keeps what cannot be had', async () => {
    const one = elsewhere.note(ANN, '1');
    const two = elsewhere.note(ANN, '2');
    write('notes/r.md', note(`in-reply-to: ${one}`));
    write('notes/s.md', note(`in-reply-to: ${two}`));
    await resolve();
    elsewhere.note(ANN, '1', { content: 'Edited' });
    elsewhere.status(two, 410);
    const reasons = await resolve({ refresh: true });
    expect([...reasons.keys()]).toEqual([two]);
    expect([...known().objects.values()].map(({ excerpt }) => excerpt)).toEqual(['Edited', 'Said in 2']);
  });

  test('nobody is asked while what is known cannot be read: all of it may be there', async () => {
    write('remote.json', '<<<<<<< HEAD\n');
    expect(await reasonFor('https://a.example/1')).toBeUndefined();
    expect(elsewhere.requests).toEqual([]);
  });

  test('the warnings of a build say why', () => {
    const message = 'x is not resolved: content/remote.json does not have it; a build with a network asks for it';
    const warnings = [{ file: 'notes/r.md', line: 3, message, about: 'x' }];
    expect(explain(warnings, new Map([['x', 'it is gone']]))[0]?.message).toBe('x is not resolved: it is gone');
    expect(explain(warnings, new Map())).toEqual(warnings);
  });
});
