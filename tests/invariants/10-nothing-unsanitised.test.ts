import { parseDocument } from 'htmlparser2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../federation/vocabulary.ts';
import { siteFiles } from '../server/routes/world.ts';
import { ACTOR, INBOX, type LiveBlog, POST, startLiveBlog } from './live-blog.ts';
import { type LoopbackPeer, startLoopbackPeer } from './loopback-peer.ts';
import { createOwnBlog, filesBelow, type OwnBlog, PROFILE, postFile } from './own-blog.ts';

const HOSTILE = `<p onclick="run()" style="position:fixed">a</p><script>run()</script><style>p{}</style>
<img src="https://evil.example/x.svg" onerror="run()"><a href="javascript:run()">b</a><a href=" java&#10;script:run()">c</a>
<a href="data:text/html,x">d</a><iframe srcdoc="<script>run()</script>"></iframe><object data="https://evil.example/x"></object>
<form action="https://evil.example"><input name="p"></form><svg onload="run()"><script>run()</script></svg>
<base href="https://evil.example"><meta http-equiv="refresh" content="0"><link rel="stylesheet" href="x">
<math><mtext><img src=https://evil.example/x onerror=run()></mtext></math><noscript><p title="</noscript><img src=https://evil.example/x onerror=run()>"></noscript>`;

/** Members that peers show as HTML. */
const HTML_MEMBERS = new Set(['content', 'summary', 'value', 'contentMap', 'summaryMap']);

function* htmlIn(json: Json | undefined, isHtml = false): Generator<string> {
  if (typeof json === 'string' && isHtml) yield json;
  if (typeof json !== 'object' || json === null) return;
  for (const [name, value] of Object.entries(json)) {
    // What the owner wrote, told as Markdown and shown by nobody (ActivityPub §3.3).
    if (name === 'source') continue;
    yield* htmlIn(value, Array.isArray(json) ? isHtml : isHtml || HTML_MEMBERS.has(name));
  }
}

const RUNS = /^(script|style|iframe|object|embed|form|input|button|svg|math|base|meta|link|noscript|template)$/;

/** What in a piece of HTML could run, load unasked, or lead somewhere odd. */
function faultsIn(html: string): string[] {
  const faults: string[] = [];
  const visit = (nodes: ReturnType<typeof parseDocument>['children']): void => {
    for (const node of nodes) {
      if (!('name' in node) || !('attribs' in node)) continue;
      if (RUNS.test(node.name)) faults.push(node.name);
      for (const [name, value] of Object.entries(node.attribs)) {
        if (/^(on|style$|srcdoc$)/.test(name)) faults.push(name);
        if (/^(href|src|poster)$/.test(name) && !/^(https?:\/\/|mailto:)/.test(value)) faults.push(`${name}=${value}`);
      }
      visit(node.children);
    }
  };
  visit(parseDocument(html).children);
  return faults;
}

describe('on the way out', () => {
  let peer: LoopbackPeer;
  let blog: OwnBlog;
  beforeEach(async () => {
    peer = await startLoopbackPeer();
    blog = createOwnBlog({ POSTERN_ORIGIN: 'https://one.example', POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' });
    const since = '2026-01-01T00:00:00Z';
    await blog.makeStore((store) =>
      store.followers.put({ actor: peer.actor, inbox: peer.inbox, followId: peer.id('f'), since }),
    );
  });
  afterEach(async () => {
    await peer.close();
    blog.remove();
  });

  test('no HTML that is built for peers or sent to them can run', async () => {
    await blog.run('publish');
    blog.write('profile.md', PROFILE.replace('A few words.', `A few words.\n\n${HOSTILE}`));
    blog.write('posts/a.md', postFile('A <script>run()</script>', HOSTILE, 'summary: "<img src=x onerror=run()> s"\n'));
    blog.write('notes/n.md', `---\ndate: ${new Date().toISOString()}\n---\nA note\n\n${HOSTILE}\n`);
    const published = await blog.run('publish');
    expect(published, published.stderr).toMatchObject({ code: 0 });
    const built = [...filesBelow(`${blog.data}/site`)].filter(([path]) => path.startsWith('ap/'));
    const documents: Json[] = [...built.map(([, text]) => JSON.parse(text)), ...peer.arrived];
    expect(peer.arrived).toHaveLength(3);
    const html = documents.flatMap((json) => [...htmlIn(json)]);
    expect(html.filter((text) => text.includes('<p>a</p>')).length).toBeGreaterThan(4);
    expect(html.flatMap(faultsIn)).toEqual([]);
  }, 300_000);
});

/** Stands in every text that a stranger sends below; each text has a word of its own beside it. */
const MARK = 'xyzzy7391';
const EVIL = `<script>${MARK}-script</script><img src=x onerror=${MARK}-error><a href="javascript:${MARK}">x</a>`;
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
/** What must be in no answer, whoever asks: it was not said in public, or not said in words. */
const SECRETS = ['followers', 'direct', 'report', 'script', 'error'].map((word) => `${MARK}-${word}`);

function sentBy(peer: LoopbackPeer) {
  const note = (name: string, to: string[]) => ({
    id: peer.id(name),
    type: 'Note',
    attributedTo: peer.actor,
    summary: `${EVIL}${MARK}-${name}`,
    content: `${EVIL}<p onclick="run()" style="position:fixed">${MARK}-${name}</p>`,
    inReplyTo: POST,
    to,
    tag: [{ type: 'Mention', href: ACTOR, name: `${EVIL}` }],
  });
  const by = (name: string, type: string, object: Json, to: string[], more: JsonObject = {}) => ({
    ...{ id: peer.id(`${name}-activity`), type, actor: peer.actor, object, to, summary: `${MARK}-report`, ...more },
  });
  return [
    by('followers', 'Create', note('followers', [`${peer.actor}/followers`]), [`${peer.actor}/followers`, ACTOR]),
    by('direct', 'Create', note('direct', [ACTOR]), [ACTOR]),
    by('like', 'Like', POST, [ACTOR], { content: EVIL }),
    by('boost', 'Announce', POST, [PUBLIC]),
    by('flag', 'Flag', [ACTOR, POST], [ACTOR], { content: `${MARK}-report` }),
    by('block', 'Block', ACTOR, [ACTOR]),
    by('public', 'Create', note('public', [PUBLIC]), [PUBLIC]),
  ];
}

describe('on the way in', () => {
  let peer: LoopbackPeer;
  let blog: LiveBlog;
  beforeEach(async () => {
    [blog, peer] = await Promise.all([startLiveBlog(), startLoopbackPeer('eve')]);
  });
  afterEach(() => Promise.all([blog.close(), peer.close()]));

  /** Everything that the site answers, by path: nothing in it can run, and no secret is in it. */
  async function answers(): Promise<Map<string, string>> {
    const collections = ['posts/p1', 'notes/n1'].flatMap((post) =>
      ['replies', 'likes', 'shares'].flatMap((name) => [`/ap/${post}/${name}`, `/ap/${post}/${name}?page=true`]),
    );
    const functions = [
      ...['/ap/followers', '/ap/followers?page=true', '/ap/following', '/ap/following?page=true', '/ap/inbox'],
      ...[
        '/ap/comments/posts/p1',
        '/ap/comments/notes/n1',
        '/ap/notifications/none',
        '/ap/reading/none.json',
        '/ap/owner',
        '/ap/owner/sending',
      ],
    ];
    const webfinger = '/.well-known/webfinger?resource=acct:blog@b1.test';
    const found = new Map<string, string>();
    for (const path of ['/', '/posts/p1/', ...Object.keys(siteFiles()), ...collections, ...functions, webfinger]) {
      for (const accept of ['text/html', 'application/activity+json']) {
        const response = await fetch(blog.url + path, { headers: { accept } });
        const text = await response.text();
        const everything = `${text}${JSON.stringify([...response.headers])}`;
        for (const secret of SECRETS) expect(everything, path).not.toContain(secret);
        // The page's own head and its own addresses are ours.
        const faults = faultsIn(text).filter((fault) => !/^(meta|link|(href|src)=\/[^/].*)$/.test(fault));
        if (path.startsWith('/ap/comments/')) expect(faults).toEqual([]);
        found.set(path, text);
      }
    }
    return found;
  }

  test('what strangers send in public is shown as text; the rest nowhere', async () => {
    const follow = { id: peer.id('f'), type: 'Follow', actor: peer.actor, object: ACTOR, content: EVIL };
    for (const activity of [follow, ...sentBy(peer)]) {
      expect((await fetch(`${blog.url}/ap/inbox`, peer.signed(INBOX, activity, blog.now))).status).toBe(202);
    }
    const found = await answers();
    expect(found.get('/ap/comments/posts/p1')).toContain(`${MARK}-public`);
    expect(found.get('/ap/posts/p1/replies?page=true')).toContain(peer.id('public'));
    expect(await blog.deps.store.messages.count()).toBe(3);
    const kinds = (await blog.deps.store.interactions.list({ limit: 10 })).items.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['boost', 'like', 'reply']);
  }, 60_000);

  test('a build and a plan on a data folder that has received them show nothing of what was not public', async () => {
    const own = createOwnBlog({ POSTERN_ORIGIN: 'https://b1.test' });
    try {
      own.write('posts/p1.md', postFile('P', 'Text.'));
      await own.makeStore(async (store) => {
        const receiving = await startLiveBlog({ store });
        for (const activity of sentBy(peer)) {
          await fetch(`${receiving.url}/ap/inbox`, peer.signed(INBOX, activity, receiving.now));
        }
        await receiving.close();
      });
      const plan = await own.run('plan', '--json');
      expect(plan.code).toBe(0);
      const built = await own.run('build', '--output', `${own.folder}/_site`);
      expect(built.code, built.stderr).toBe(0);
      const texts = [...filesBelow(`${own.folder}/_site`)].map(([, text]) => text);
      for (const secret of SECRETS) {
        expect(plan.stdout + plan.stderr).not.toContain(secret);
        for (const text of texts) expect(text).not.toContain(secret);
      }
      expect(texts.some((text) => text.includes(`${MARK}-public`))).toBe(true);
    } finally {
      own.remove();
    }
  }, 300_000);
});
