import { describe, expect, it } from 'vitest';
import { keyFromDocument } from '../../federation/signatures/keys.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { guardedLookup, guardUrl, isAllowedAddress } from '../../server/http/addresses.ts';
import { act, create, follow, like, note, noteId, undo } from '../remote/activities.ts';
import { BLOG } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { STORES } from '../remote/stores.ts';
import { client, give, peer as httpPeer, redirect } from '../server/http/documents.ts';
import { expectNothingOf, provenBy, worldsOf } from './security-world.ts';

describe.each(STORES)('the security checks, row by row, with the store in %s', (name, open) => {
  const world = worldsOf(name, open);

  it('Origin spoofing (CVE-2024-23832, FEP-fe34): an object counts from its own id, or signed by its owner on the same host', async () => {
    const all = await world();
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

  it('Authorship check gaps (CVE-2024-37903): signer, actor and owner are one for Update, Delete, Undo', async () => {
    const all = await world();
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
    const all = await world();
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
    const { blog, ann, eve } = await world();
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
    const { blog, ann } = await world();
    const context = ['https://evil.test/context', { object: 'https://evil.test/ns#object', actor: '@id' }];
    expect(await blog.hear(ann, { '@context': context, ...like(ann) })).toBe('accepted');
    expect(blog.remote.gets).toEqual([ann.actor]);
  });

  it('ReDoS in HTML link discovery (CVE-2025-68475): HTML is never searched for a document, and read in one pass', async () => {
    const page = '<link rel="alternate" type="application/activity+json" href="/b">';
    const remote = await httpPeer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
    expect(await client().get(`${remote.origin}/a`)).toMatchObject({ kind: 'refused', reason: 'content-type' });
    expect(remote.requests).toHaveLength(1);
    const { blog, ann } = await world();
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
});

describe.each(STORES)('the security checks, row by row, with the store in %s', (name, open) => {
  const world = worldsOf(name, open);

  it('Media-type confusion (CVE-2024-25623): only the two types of ActivityStreams are parsed', async () => {
    for (const type of ['application/json', 'text/html', 'image/png', 'application/ld+json']) {
      const remote = await httpPeer((request, response) =>
        give(response, { id: `http://${request.headers.host}/a` }, { 'content-type': type }),
      );
      expect((await client().get(`${remote.origin}/a`)).kind).toBe('refused');
    }
    const { blog, ann } = await world();
    expect(await blog.receive(ann.send(follow(ann), { contentType: 'text/plain' }))).toMatchObject({ status: 415 });
  });

  it('Redirect and discovery loops, slow reads (CVE-2026-34148): a deadline, three redirects, no circle; five fetches', async () => {
    const circle = await httpPeer(redirect('/a'));
    expect((await client().get(`${circle.origin}/a`)).kind).toBe('refused');
    const silent = await httpPeer(() => {});
    expect((await client({ deadlineMs: 50 }).get(`${silent.origin}/a`)).kind).toBe('failed');
    provenBy('server/http/document-client.test.ts', 'in a circle is refused', 'beyond the third is refused');
    provenBy('server/http/document-limits.test.ts', 'a body over the limit is refused', 'the body comes byte by byte');
    provenBy('scenarios/flood.test.ts', 'one activity causes at most five fetches');
    const { blog, ann } = await world();
    const walk = note(ann, 'x', {
      inReplyTo: 'https://third.test/1',
      cc: [BLOG.actor],
      replies: 'https://third.test/2',
    });
    await blog.hear(ann, create(ann, walk));
    expect(blog.remote.gets).toEqual([ann.actor]);
  });
});

describe('the security checks, row by row', () => {
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
});
