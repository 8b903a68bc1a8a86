import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keyFromDocument } from '../../federation/signatures/keys.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { guardedLookup, guardUrl, isAllowedAddress } from '../../server/http/addresses.ts';
import { act, boost, create, follow, like, note, noteId, undo } from '../remote/activities.ts';
import { BLOG, createFakeBlog, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { dumpOf } from '../remote/stores.ts';
import { client, give, peer as httpPeer, redirect } from '../server/http/documents.ts';

/** Says that a test of this name stands elsewhere, and fails when it does not. */
function provenBy(file: string, ...names: readonly string[]): void {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  for (const name of names) expect(text, file).toContain(name);
}

interface World {
  readonly blog: FakeBlog;
  readonly ann: Peer;
  readonly eve: Peer;
}

function world(): World {
  const blog = createFakeBlog();
  return { blog, ann: blog.peer(), eve: blog.peer({ host: 'evil.test', name: 'eve' }) };
}

/** What was said counts only when its author said it, so the store is as it was. */
async function expectNothingOf(activities: readonly [Peer, JsonObject][], { blog }: World): Promise<void> {
  const stored = async () => JSON.stringify({ ...JSON.parse(await dumpOf(blog.store)), actors: [], notifications: [] });
  const before = await stored();
  for (const [sender, activity] of activities) {
    expect(await blog.hear(sender, activity)).not.toBe('accepted');
    expect(await stored()).toBe(before);
  }
}

describe('the security checks, row by row', () => {
  it('Origin spoofing (CVE-2024-23832, FEP-fe34): an object counts from its own id, or signed by its owner on the same host', async () => {
    const all = world();
    const { blog, ann, eve } = all;
    const ported = note(eve, 'x', { id: 'https://evil.test:8443/notes/x' });
    const plain = note(eve, 'x', { id: 'http://evil.test/notes/x' });
    await expectNothingOf(
      [
        [eve, create(eve, note(ann, 'x'))],
        [eve, create(eve, ported)],
        [eve, create(eve, plain)],
        [eve, { ...create(eve, note(eve, 'x')), id: ann.id('x') }],
        [eve, create(ann, note(ann, 'x'))],
      ],
      all,
    );
    blog.remote.serve(noteId(ann, 'x'), { ...note(ann, 'x'), id: 'https://evil.test/notes/x' });
    await expectNothingOf([[eve, create(ann, note(ann, 'x'))]], all);
    provenBy('server/http/document-client.test.ts', 'of another origin is refused without a request there');
  });

  it('Media-type confusion (CVE-2024-25623): only the two types of ActivityStreams are parsed', async () => {
    for (const type of ['application/json', 'text/html', 'image/png', 'application/ld+json']) {
      const remote = await httpPeer((request, response) =>
        give(response, { id: `http://${request.headers.host}/a` }, { 'content-type': type }),
      );
      expect((await client().get(`${remote.origin}/a`)).kind).toBe('refused');
    }
    const { blog, ann } = world();
    expect(await blog.receive(ann.send(follow(ann), { contentType: 'text/plain' }))).toMatchObject({ status: 415 });
  });

  it('Authorship check gaps (CVE-2024-37903): signer, actor and owner are one for Update, Delete, Undo', async () => {
    const all = world();
    const { blog, ann, eve } = all;
    const neighbour = blog.peer({ name: 'zed' });
    const liked = like(ann);
    await blog.hear(ann, create(ann, note(ann, 'x')));
    await blog.hear(ann, liked);
    await blog.hear(ann, follow(ann));
    // Its server still has it, when it is asked about what others say.
    blog.remote.serve(noteId(ann, 'x'), note(ann, 'x'));
    const takeover = (by: Peer) => act(by, 'Update', note(ann, 'x', { content: 'y', updated: '2026-11-23T11:59:50Z' }));
    await expectNothingOf(
      [eve, neighbour].flatMap((by): [Peer, JsonObject][] => [
        [by, takeover(by)],
        [by, act(by, 'Update', ann.document)],
        [by, undo(by, liked)],
        [by, undo(by, follow(ann))],
        [by, { ...act(by, 'Delete', noteId(ann, 'x')), actor: ann.actor, id: ann.id('forged') }],
        [by, act(by, 'Move', ann.actor, { target: by.actor })],
      ]),
      all,
    );
    for (const by of [eve, neighbour]) {
      await blog.hear(by, act(by, 'Delete', noteId(ann, 'x')));
      await blog.hear(by, undo(by, liked.id ?? null));
    }
    expect(await blog.thread()).toHaveLength(2);
    expect(await blog.followers()).toEqual([ann.actor]);
  });

  it('Signature key/owner mismatch (CVE-2025-54888): key, its owner and the actor are one; verified before any effect', async () => {
    const all = world();
    const { blog, ann, eve } = all;
    const keyId = 'https://evil.test/key';
    blog.remote.serve(keyId, { id: keyId, type: 'Key', owner: ann.actor, publicKeyPem: eve.publicKeyPem });
    for (const options of [{ keyId }, { keyId: ann.keyId }, { digest: false }, { key: ann.key }]) {
      const outcome = await blog.receive(eve.send(follow(ann), options));
      expect(outcome).toMatchObject({ kind: 'refused', status: 401 });
    }
    const { headers, ...request } = ann.send(follow(ann));
    const doubled = new Headers(headers);
    doubled.set('signature', `${headers.get('signature')},keyId="${eve.keyId}"`);
    expect(await blog.receive({ ...request, headers: doubled })).toMatchObject({ kind: 'refused' });
    expect(await blog.followers()).toEqual([]);
    const standalone = { id: 'https://evil.test/other', owner: eve.actor, publicKeyPem: eve.publicKeyPem };
    expect(keyFromDocument(standalone, keyId).kind).toBe('none');
  });

  it('LD-signature restructuring: no trust in LD signatures; @graph, @included and @reverse are refused', async () => {
    const { blog, ann, eve } = world();
    for (const key of ['@graph', '@included', '@reverse']) {
      expect(await blog.hear(ann, create(ann, note(ann, 'x', { tag: [{ [key]: [like(ann)] }] })))).toBe(
        'forbidden-key',
      );
    }
    const signature = {
      type: 'RsaSignature2017',
      creator: ann.keyId,
      created: '2026-11-23T11:00:00Z',
      signatureValue: 'x',
    };
    expect(await blog.hear(eve, { ...like(ann), signature })).toBe('forwarded');
    expect(await blog.stored()).toEqual([]);
  });

  it('JSON-LD remote contexts: no context that a peer names is fetched, and none changes what is read', async () => {
    const { blog, ann } = world();
    const context = ['https://evil.test/context', { object: 'https://evil.test/ns#object', actor: '@id' }];
    expect(await blog.hear(ann, { '@context': context, ...like(ann) })).toBe('accepted');
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it('SSRF: https, port 443, no user, no literal; every address that a name has is checked and pinned', async () => {
    const literals = [
      '127.0.0.1',
      '2130706433',
      '0177.0.0.1',
      '0x7f.1',
      '127.1',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '[64:ff9b::a00:1]',
    ];
    for (const host of [...literals, 'localhost', 'metadata.google.internal', 'x@peer.example', 'peer.example:22']) {
      expect(guardUrl(`https://${host}/a`, { allowPrivate: false }).kind, host).toBe('blocked');
    }
    const ranges = [
      '0.0.0.1',
      '10.1.1.1',
      '100.64.0.1',
      '169.254.169.254',
      '172.16.0.1',
      '192.0.0.1',
      '192.168.0.1',
      '198.18.0.1',
    ];
    const six = [
      '::',
      '::1',
      '::ffff:10.0.0.1',
      '64:ff9b::1',
      '100::1',
      '2001::1',
      '2001:db8::1',
      '2002::1',
      'fc00::1',
      'fe80::1',
      'ff02::1',
    ];
    for (const address of [...ranges, '224.0.0.1', '240.0.0.1', ...six]) {
      expect(isAllowedAddress(address, { allowPrivate: false }), address).toBe(false);
    }
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 as const },
      { address: '10.0.0.1', family: 4 as const },
    ];
    const lookup = guardedLookup({ allowPrivate: false, resolve });
    const fault = await new Promise((done) => lookup('peer.example', { all: true }, done));
    expect(fault).toBeInstanceOf(Error);
    provenBy(
      'invariants/11-no-private-address.test.ts',
      'no spelling of a private address is fetched from or posted to',
    );
    provenBy('server/http/media-client.test.ts', 'describe(');
  });

  it('Redirect and discovery loops, slow reads (CVE-2026-34148): a deadline, three redirects, no circle; five fetches', async () => {
    const circle = await httpPeer(redirect('/a'));
    expect((await client().get(`${circle.origin}/a`)).kind).toBe('refused');
    const silent = await httpPeer(() => {});
    expect((await client({ deadlineMs: 50 }).get(`${silent.origin}/a`)).kind).toBe('failed');
    provenBy('server/http/document-client.test.ts', 'in a circle is refused', 'beyond the third is refused');
    provenBy('server/http/document-limits.test.ts', 'a body over the limit is refused', 'the body comes byte by byte');
    provenBy('scenarios/flood.test.ts', 'one activity causes at most five fetches');
    const { blog, ann } = world();
    const walk = note(ann, 'x', {
      inReplyTo: 'https://third.test/1',
      cc: [BLOG.actor],
      replies: 'https://third.test/2',
    });
    await blog.hear(ann, create(ann, walk));
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it('ReDoS in HTML link discovery (CVE-2025-68475): HTML is never searched for a document, and read in one pass', async () => {
    const page = '<link rel="alternate" type="application/activity+json" href="/b">';
    const remote = await httpPeer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'refused', reason: 'content-type' });
    expect(remote.requests).toHaveLength(1);
    const { blog, ann } = world();
    for (const html of [
      '<a href="'.repeat(20_000),
      '<'.repeat(200_000),
      `<p ${' a'.repeat(100_000)}`,
      '<!--'.repeat(50_000),
    ]) {
      expect(await blog.hear(ann, create(ann, note(ann, 'x', { content: html })))).toMatch(/accepted|outdated/);
      blog.now += 1_000;
    }
  });

  it('Announce and embedded-object spoofing: nothing foreign that is embedded is shown; a boost counts for our ids alone', async () => {
    const { blog, ann } = world();
    await blog.hear(
      ann,
      boost(ann, { object: { id: POST, type: 'Note', content: 'FORGED', attributedTo: BLOG.actor } }),
    );
    expect(await blog.hear(ann, boost(ann, { object: note(ann, 'FORGED') }))).toBe('not-concerned');
    expect(await blog.hear(ann, boost(ann, { object: create(ann, note(ann, 'FORGED')) }))).toBe('wrapped-activity');
    await blog.hear(ann, like(ann, { object: { id: POST, content: 'FORGED' } }));
    expect(await dumpOf(blog.store)).not.toContain('FORGED');
    expect(await blog.thread()).toEqual(['boost @ann@peer.test', 'like @ann@peer.test']);
  });

  it('HTML of remote comments (CVE-2023-36459): read by a list of elements on the way in, written by one on the way out', async () => {
    const { blog, ann } = world();
    const content = '<p onclick=x>a<script>b</script><img src=x onerror=y><a href="javascript:z">c</a></p>';
    const { name: _, ...hostile } = { ...note(ann, 'x', { content, summary: '<b>w</b>' }), name: '' };
    await blog.hear(ann, create(ann, hostile));
    const [stored] = await blog.stored();
    expect(JSON.stringify(stored)).not.toMatch(/<|onclick|onerror|javascript/);
    provenBy('federation/inbox/read-html.test.ts', 'known elements and attributes alone');
    provenBy('federation/rich-text.test.ts', 'describe(');
    provenBy('invariants/10-nothing-unsanitised.test.ts', 'what strangers send in public is shown as text');
  });

  it('Domain normalisation (CVE-2023-42451): a blocked name is known in every spelling', async () => {
    for (const name of ['EVIL.test', 'evil.test.', 'eviL。test', '*.evil.test', '.evil.test']) {
      const { blog, eve } = world();
      const hosts = [{ name, severity: 'block' as const, source: 'blocks.csv' }];
      blog.rules = { ...blog.rules, blocks: { accounts: [], hosts } };
      const spelled = (host: string): JsonObject => {
        const actor = `https://${host}/users/eve`;
        return { id: `${actor}/1`, type: 'Like', actor, object: POST };
      };
      for (const host of ['evil.test', 'EVIL.TEST', 'evil.test.', 'sub.evil.test', 'ｅｖｉｌ.test', 'evil.test:443']) {
        expect(await blog.hear(eve, spelled(host)), `${name} ${host}`).toBe('blocked');
      }
    }
  });

  it('Quote stamp forging (GHSA-q4g8-82c5-9h33): a stamp binds our post, the quote and the verified requester', async () => {
    const { blog, ann, eve } = world();
    const quote = note(ann, 'q', { inReplyTo: null, quote: POST });
    const ask = (by: Peer, object: string, instrument: JsonObject[string]) =>
      act(by, 'QuoteRequest', object, { instrument });
    const foreign = 'https://third.test/posts/1';
    for (const [by, activity] of [
      [eve, ask(eve, POST, quote)],
      [eve, ask(eve, POST, noteId(ann, 'q'))],
      [ann, ask(ann, foreign, note(ann, 'q', { quote: foreign }))],
      [ann, ask(ann, POST, note(ann, 'q', { inReplyTo: null, quote: foreign }))],
      [eve, { ...ask(ann, POST, quote) }],
    ] as const) {
      expect(await blog.hear(by, activity)).not.toBe('accepted');
    }
    expect(await blog.store.stamps.ofQuote(noteId(ann, 'q'))).toEqual([]);
    await blog.hear(ann, ask(ann, POST, quote));
    const stamps = await blog.store.stamps.ofQuote(noteId(ann, 'q'));
    expect(stamps).toMatchObject([{ quote: noteId(ann, 'q'), target: POST, actor: ann.actor }]);
  });

  it('attributionDomains spoofing (GHSA-rwcw-vq68-g34p): the actor names its own host alone', () => {
    const actor: { attributionDomains: string[]; id: string } = JSON.parse(
      readFileSync(new URL('../fixtures/documents/actor.json', import.meta.url), 'utf8'),
    );
    expect(actor.attributionDomains).toEqual([new URL(actor.id).hostname]);
  });

  it('Oversized fields (GHSA-gg8q-rcg7-p79g): what is stored of one activity is small, whatever it says', async () => {
    const { blog } = world();
    const long = 'x'.repeat(60_000);
    const many = Array.from({ length: 250 }, (_, n) => n);
    const emojis = many.map((n) => ({ type: 'Emoji', name: `:e${n}:`, icon: { url: `https://peer.test/${n}` } }));
    const ann = blog.peer({
      document: { name: long, summary: long, icon: { url: `https://peer.test/${long}` }, tag: emojis },
    });
    const attachment = many.map((n) => ({ type: 'Image', url: `https://peer.test/${n}`, name: long.slice(0, 3_000) }));
    const object = note(ann, 'x', { content: long, summary: long, attachment, tag: emojis, updated: long });
    expect(await blog.hear(ann, create(ann, object))).toBe('accepted');
    expect((await dumpOf(blog.store)).length).toBeLessThan(400_000);
    const [stored] = await blog.stored();
    expect(JSON.stringify(stored).length).toBeLessThan(120_000);
  });

  it('Replay: an activity counts once, and a Follow that was undone cannot be played again', async () => {
    const { blog, ann } = world();
    const requests = [like(ann), create(ann, note(ann, 'x'))].map((activity) => ann.send(activity));
    for (const request of requests) await blog.receive(request);
    const before = await dumpOf(blog.store);
    for (const request of requests)
      expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'already-seen' });
    expect(await dumpOf(blog.store)).toBe(before);
    const followed = follow(ann);
    const request = ann.send(followed);
    await blog.receive(request);
    await blog.hear(ann, undo(ann, followed));
    expect(await blog.receive(request)).toEqual({ kind: 'ignored', reason: 'replayed' });
    expect(await blog.followers()).toEqual([]);
  });

  it('Private data: without the public collection in to or cc nothing is shown, in all its spellings everything is', async () => {
    const { blog, ann } = world();
    const hidden = [
      [],
      [BLOG.actor],
      ['https://www.w3.org/ns/activitystreams#public'],
      ['as:public'],
      [`${ann.actor}/followers`],
    ];
    for (const [n, to] of hidden.entries())
      await blog.hear(ann, create(ann, note(ann, `h${n}`, { to, cc: [] }), { to: [], cc: [] }));
    expect(await blog.stored()).toEqual([]);
    for (const [n, to] of ['as:Public', 'Public', 'https://www.w3.org/ns/activitystreams#Public'].entries()) {
      await blog.hear(ann, create(ann, note(ann, `s${n}`, { to, cc: [] })));
    }
    expect(await blog.thread()).toHaveLength(3);
    provenBy('scenarios/message.test.ts', 'its words and its id are nowhere in the store, nor in the log');
  });

  it('Prototype pollution: own properties alone are read, __proto__ is refused', async () => {
    const { blog, ann } = world();
    const { id, actor } = like(ann);
    for (const body of [
      `{"__proto__":{"type":"Like"},"id":"${id}","actor":"${actor}","object":"${POST}"}`,
      `{"id":"${id}","type":"Like","actor":"${actor}","object":{"id":"${POST}","__proto__":{"x":1}}}`,
    ]) {
      expect(await blog.receive(ann.send(body))).toMatchObject({ kind: 'refused', reason: 'forbidden-key' });
    }
    const odd = create(
      ann,
      note(ann, 'x', { constructor: { prototype: { polluted: true } }, toString: 'x', valueOf: null }),
    );
    await blog.hear(ann, odd);
    expect('polluted' in {}).toBe(false);
    expect(await blog.thread()).toEqual(['reply @ann@peer.test: x']);
  });
});
