import { parseDocument } from 'htmlparser2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../federation/vocabulary.ts';
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

/** Stands in every text that a stranger sends below. */
const MARK = 'xyzzy7391';
const EVIL = `<script>${MARK}</script><img src=x onerror=${MARK}>`;
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

function sentBy(peer: LoopbackPeer) {
  const note = (name: string, to: string[]) => ({
    id: peer.id(name),
    type: 'Note',
    attributedTo: peer.actor,
    name: MARK,
    summary: EVIL,
    content: `${EVIL} ${name}`,
    inReplyTo: POST,
    to,
    tag: [{ type: 'Mention', href: ACTOR, name: MARK }],
  });
  const by = (name: string, type: string, object: Json, to: string[]) => ({
    ...{ id: peer.id(`${name}-activity`), type, actor: peer.actor, object, to, summary: EVIL },
  });
  return [
    by('public', 'Create', note(`${MARK}-public`, [PUBLIC]), [PUBLIC]),
    by('followers', 'Create', note(`${MARK}-followers`, [`${peer.actor}/followers`]), [`${peer.actor}/followers`]),
    by('direct', 'Create', note(`${MARK}-direct`, [ACTOR]), [ACTOR]),
    by('like', 'Like', POST, [ACTOR]),
    by('boost', 'Announce', POST, [PUBLIC]),
    by('flag', 'Flag', [ACTOR, POST], [ACTOR]),
    by('block', 'Block', ACTOR, [ACTOR]),
  ];
}

describe('on the way in', () => {
  let peer: LoopbackPeer;
  let blog: LiveBlog;
  beforeEach(async () => {
    [blog, peer] = await Promise.all([startLiveBlog(), startLoopbackPeer(MARK)]);
  });
  afterEach(() => Promise.all([blog.close(), peer.close()]));

  async function expectShownNowhere(): Promise<void> {
    const collections = ['posts/p1', 'notes/n1'].flatMap((post) =>
      ['replies', 'likes', 'shares'].map((name) => `/ap/${post}/${name}`),
    );
    const functions = [
      '/ap/followers',
      '/ap/followers?page=true',
      '/ap/following',
      '/ap/following?page=true',
      '/ap/inbox',
    ];
    const webfinger = '/.well-known/webfinger?resource=acct:blog@b1.test';
    for (const path of ['/', '/posts/p1/', ...Object.keys(siteFiles()), ...collections, ...functions, webfinger]) {
      for (const accept of ['text/html', 'application/activity+json']) {
        const response = await fetch(blog.url + path, { headers: { accept } });
        expect(await response.text(), path).not.toContain(MARK);
        expect(JSON.stringify([...response.headers]), path).not.toContain(MARK);
      }
    }
  }

  test('what strangers send is kept, and no address of the site shows it, public or not', async () => {
    const follow = { id: peer.id('f'), type: 'Follow', actor: peer.actor, object: ACTOR, content: EVIL };
    const activities = [follow, ...sentBy(peer)];
    for (const activity of activities) {
      expect((await fetch(`${blog.url}/ap/inbox`, peer.signed(INBOX, activity, blog.now))).status).toBe(202);
      // The Block, which comes last, takes the follower away again.
      await expectShownNowhere();
    }
    expect(await blog.deps.store.inbound.received({ limit: 100 })).toHaveLength(activities.length - 1);
  });

  test('a build and a plan on a data folder that has received them show nothing of them', async () => {
    const own = createOwnBlog({ POSTERN_ORIGIN: 'https://b1.test' });
    try {
      own.write('posts/p1.md', postFile('P', 'Text.'));
      await own.makeStore(async (store) => {
        for (const { id, type, ...rest } of sentBy(peer)) {
          const json = { id, type, ...rest };
          await store.inbound.storeReceived({
            id,
            type,
            actor: peer.actor,
            target: POST,
            json,
            at: '2026-01-01T00:00:00Z',
          });
        }
      });
      const plan = await own.run('plan', '--json');
      expect(plan.code).toBe(0);
      expect(plan.stdout + plan.stderr).not.toContain(MARK);
      await own.run('build', '--output', `${own.folder}/_site`);
      for (const [path, text] of filesBelow(`${own.folder}/_site`)) expect(text, path).not.toContain(MARK);
    } finally {
      own.remove();
    }
  }, 300_000);
});
