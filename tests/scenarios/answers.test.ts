import { describe, expect, it } from 'vitest';
import { SIGNATURE_ANSWERS, type SignatureFailure } from '../../federation/signatures/failure.ts';
import type { InboundRequest } from '../../server/inbound-body.ts';
import { follow } from '../remote/activities.ts';
import { createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import { type Peer, unsignedRequest } from '../remote/fake-remote.ts';
import { openEachBlog, openEachStore, type Scene } from '../remote/open-each.ts';
import { NEAR_STORES, STORES, type TestStore } from '../remote/stores.ts';

const HOUR = 3_600_000;

/** A request for each reason, and the word that its answer must have to help whoever reads it. */
const REQUESTS: Readonly<
  Record<SignatureFailure, readonly [help: string, (ann: Peer, blog: FakeBlog) => InboundRequest]>
> = {
  'no-signature': ['must be signed', (ann) => unsignedRequest(JSON.stringify(follow(ann)))],
  'signature-malformed': ['parsed', (ann) => withHeader(ann, 'signature', () => 'keyId=')],
  'signature-coverage': ['cover', (ann) => ann.send(follow(ann), { digest: false })],
  'signature-expired': ['clock', (ann, blog) => ann.send(follow(ann), { at: blog.now - 30 * HOUR })],
  'signature-algorithm': [
    'SHA-256',
    (ann) => withHeader(ann, 'signature', (was) => was.replace('rsa-sha256', 'hmac-sha256')),
  ],
  'signature-wrong': ['does not fit', (ann, blog) => ann.send(follow(ann), { key: blog.peer({ host: 'x.test' }).key })],
  'digest-malformed': ['parsed', (ann) => withHeader(ann, 'digest', () => 'nonsense')],
  'digest-unsupported': ['SHA-256', (ann) => withHeader(ann, 'digest', () => 'MD5=AAAA')],
  'digest-mismatch': [
    'body',
    (ann) => ({ ...ann.send(follow(ann)), body: new TextEncoder().encode(JSON.stringify(follow(ann))) }),
  ],
  'key-id-refused': ['http(s)', (ann) => ann.send(follow(ann), { keyId: 'acct:ann@peer.test' })],
  'key-unknown': ['keyId', (ann) => ann.send(follow(ann), { keyId: 'https://peer.test/nothing#k' })],
  'key-gone': [
    'gone',
    (ann, blog) => {
      blog.remote.answer(ann.actor, 410);
      return ann.send(follow(ann));
    },
  ],
  'key-unreachable': [
    'again later',
    (ann, blog) => {
      blog.remote.answer(ann.actor, 0);
      return ann.send(follow(ann));
    },
  ],
};

function withHeader(ann: Peer, name: string, change: (was: string) => string): InboundRequest {
  const request = ann.send(follow(ann));
  request.headers.set(name, change(request.headers.get(name) ?? ''));
  return request;
}

describe.each(STORES)('what cannot be verified is answered with what helps, with the store in %s', (_name, open) => {
  let scene: Scene;
  openEachBlog(open, (opened) => {
    scene = opened;
  });

  it.each(Object.entries(REQUESTS))(
    '%s → a status that fits, and a text that says why',
    async (reason, [help, made]) => {
      const { blog, ann } = scene;
      const outcome = await blog.receive(made(ann, blog));
      // Only what may pass by itself is worth another attempt.
      const status =
        reason === 'key-unreachable' ? 503 : expect.toSatisfy((each: number) => each === 400 || each === 401);
      expect(outcome).toMatchObject({ kind: 'refused', reason, status, message: expect.stringContaining(help) });
      expect(await blog.followers()).toEqual([]);
    },
  );
});

it('400 only for what no server could read', () => {
  const unreadable = Object.entries(SIGNATURE_ANSWERS).filter(([, { status }]) => status === 400);
  expect(unreadable.map(([reason]) => reason)).toEqual(['signature-malformed', 'digest-malformed']);
});

describe.each(STORES)('an actor that cannot be answered, with the store in %s', (_name, open) => {
  let opened: TestStore;
  openEachStore(open, (one) => {
    opened = one;
  });

  it.each([
    ['without an inbox', { inbox: null }, 400, 'no-usable-inbox'],
    ['with an inbox elsewhere', { inbox: 'https://evil.test/inbox' }, 400, 'inbox-on-another-host'],
  ])('%s → its fault', async (_what, document, status, reason) => {
    const blog = createFakeBlog(opened.blog);
    const ann = blog.peer({ document });
    expect(await blog.receive(ann.send(follow(ann)))).toMatchObject({ kind: 'refused', status, reason });
  });
});

// The function that Netlify runs has a store of its own, which does not fail.
it.each(NEAR_STORES)('a store that fails → ours: 503 (%s)', async (_name, open) => {
  const opened = await open();
  const followers = { ...opened.store.followers, put: () => Promise.reject(new Error('disk full')) };
  const blog = createFakeBlog({ ...opened.blog, store: { ...opened.store, followers } });
  const ann = blog.peer();
  const outcome = await blog.receive(ann.send(follow(ann)));
  expect(outcome).toMatchObject({ kind: 'refused', status: 503, reason: 'internal' });
  await opened.close();
});
