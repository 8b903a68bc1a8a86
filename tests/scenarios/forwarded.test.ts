import { describe, expect, it } from 'vitest';
import { toEd25519Multikey } from '../../federation/signatures/multibase.ts';
import { addProof } from '../../federation/signatures/proof.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { sha256 } from '../../server/crypto.ts';
import { act, create, follow, like, note, noteId, undo } from '../remote/activities.ts';
import { BLOG, createFakeBlog, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachStore } from '../remote/open-each.ts';
import { PROOF_KEY, proofKeys } from '../remote/signing-keys.ts';
import { STORES } from '../remote/stores.ts';

const RAW = new Uint8Array(PROOF_KEY.export({ type: 'spki', format: 'der' }).subarray(-32));
const ANN = 'https://peer.test/users/ann';

describe.each(STORES)('what another server forwards, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  /** Hosts the thread and forwards what is said in it; or somebody who says so. */
  let hub: Peer;

  openEachStore(open, (opened) => {
    blog = createFakeBlog(opened.blog);
    const key = {
      id: `${ANN}#ed25519-key`,
      type: 'Multikey',
      controller: ANN,
      publicKeyMultibase: toEd25519Multikey(RAW),
    };
    ann = blog.peer({ document: { assertionMethod: [key] } });
    hub = blog.peer({ host: 'hub.test', name: 'hub' });
  });

  const asked = () => blog.remote.gets.filter((url) => url !== hub.actor);
  const heard = async () => {
    await blog.hear(ann, create(ann, note(ann, 'Hello')));
    blog.remote.gets.length = 0;
  };
  const edited = (more: JsonObject = {}) =>
    note(ann, 'Hello', { content: '<p>Edited</p>', updated: '2026-11-23T11:59:40Z', ...more });
  const proved = (activity: JsonObject, created = '2026-11-23T11:59:00Z'): JsonObject => {
    const { proofKeyId, signProof } = proofKeys(ANN);
    return addProof({ sha256, sign: signProof }, activity, { keyId: proofKeyId, created });
  };

  describe('without a proof', () => {
    it('Create → fetched from its origin: what that says is shown, not what was sent', async () => {
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello', { content: '<p>What Ann wrote</p>' }));
      const forged = create(ann, note(ann, 'Hello', { content: '<p>What the hub says</p>' }));
      expect(await blog.hear(hub, forged)).toBe('accepted');
      expect(asked()).toEqual([noteId(ann, 'Hello'), ann.actor]);
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: What Ann wrote']);
    });

    it('its own id counts for nothing: the activity that really has it still counts', async () => {
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello'));
      const real = like(ann);
      await blog.hear(hub, { ...create(ann, note(ann, 'Hello')), id: real.id ?? null });
      expect(await blog.hear(ann, real)).toBe('accepted');
    });

    it('Update → the origin’s version; forwarded again by the same server → no second fetch', async () => {
      await heard();
      blog.remote.serve(noteId(ann, 'Hello'), edited());
      const update = act(ann, 'Update', edited({ content: 'forged' }));
      expect(await blog.hear(hub, update)).toBe('accepted');
      expect(await blog.hear(hub, update)).toBe('already-seen');
      expect(asked()).toEqual([noteId(ann, 'Hello')]);
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: Edited']);
    });

    it('Create of what its origin does not have, or not as this author’s, or not under this id → ignored', async () => {
      const sent = create(ann, note(ann, 'Hello'));
      expect(await blog.hear(hub, sent)).toBe('forwarded-not-found');
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello', { attributedTo: 'https://peer.test/users/zed' }));
      expect(await blog.hear(hub, sent)).toBe('forwarded');
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello', { id: noteId(ann, 'Other') }));
      expect(await blog.hear(hub, sent)).toBe('forwarded-not-found');
      expect(await blog.stored()).toEqual([]);
    });

    it('the object is on another host than its author → ignored without a fetch of it', async () => {
      const sent = create(ann, note(ann, 'Hello', { id: 'https://evil.test/notes/1' }));
      expect(await blog.hear(hub, sent)).toBe('forwarded');
      expect(asked()).toEqual([]);
    });

    it('the origin does not answer → 503, and the next attempt counts', async () => {
      blog.remote.answer(noteId(ann, 'Hello'), 0);
      const sent = create(ann, note(ann, 'Hello'));
      expect(await blog.receive(hub.send(sent))).toMatchObject({ kind: 'refused', status: 503 });
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello'));
      expect(await blog.hear(hub, sent)).toBe('accepted');
    });

    it.each([404, 410])('Delete, and the origin answers %d → gone from the thread', async (status) => {
      await heard();
      blog.remote.answer(noteId(ann, 'Hello'), status);
      expect(await blog.hear(hub, act(ann, 'Delete', noteId(ann, 'Hello')))).toBe('accepted');
      expect(await blog.thread()).toEqual([]);
    });

    it('Delete, and the origin still has it → stays; the origin fails → 503, stays', async () => {
      await heard();
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello'));
      expect(await blog.hear(hub, act(ann, 'Delete', noteId(ann, 'Hello')))).toBe('forwarded-not-gone');
      blog.remote.answer(noteId(ann, 'Hello'), 0);
      expect(await blog.hear(hub, act(ann, 'Delete', noteId(ann, 'Hello')))).toBe('origin-unavailable');
      expect(await blog.thread()).toHaveLength(1);
    });

    it('Delete of an actor: 404 is not its end, 410 is', async () => {
      await blog.hear(ann, follow(ann));
      await heard();
      blog.now += 3_600_000;
      blog.remote.answer(ann.actor, 404);
      expect(await blog.hear(hub, act(ann, 'Delete', ann.actor))).toBe('forwarded-not-gone');
      expect(await blog.followers()).toEqual([ann.actor]);
      blog.remote.answer(ann.actor, 410);
      expect(await blog.hear(hub, act(ann, 'Delete', ann.actor))).toBe('accepted');
      expect(await blog.followers()).toEqual([]);
      expect(await blog.stored()).toEqual([]);
    });

    it.each([
      ['a Like', (peer: Peer) => like(peer)],
      ['a Follow', (peer: Peer) => follow(peer)],
      ['an Undo', (peer: Peer) => undo(peer, follow(peer))],
      ['a Block', (peer: Peer) => act(peer, 'Block', BLOG.actor)],
      ['a Move', (peer: Peer) => act(peer, 'Move', peer.actor, { target: BLOG.actor })],
    ])('%s → ignored, whoever asks; its actor is not asked', async (_what, activity) => {
      expect(await blog.hear(hub, activity(ann))).toBe('forwarded');
      expect(asked()).toEqual([]);
      expect(await blog.stored()).toEqual([]);
    });

    it('what does not concern the blog → ignored without a fetch', async () => {
      const elsewhere = note(ann, 'else', { inReplyTo: 'https://third.test/1', to: ['as:Public'], cc: [] });
      expect(await blog.hear(hub, create(ann, elsewhere))).toBe('forwarded');
      expect(await blog.hear(hub, act(ann, 'Delete', noteId(ann, 'never-heard')))).toBe('forwarded');
      expect(asked()).toEqual([]);
    });

    it('a Linked Data signature → not looked at', async () => {
      const signature = { type: 'RsaSignature2017', creator: ann.keyId, signatureValue: 'AAAA' };
      expect(await blog.hear(hub, { ...like(ann), signature })).toBe('forwarded');
    });
  });

  describe('with a proof of its author (FEP-8b32)', () => {
    it('Create, Like and Undo → as if the author had sent them; the object is not fetched', async () => {
      expect(await blog.hear(hub, proved(create(ann, note(ann, 'Hello'))))).toBe('accepted');
      const liked = like(ann);
      expect(await blog.hear(hub, proved(liked))).toBe('accepted');
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello', 'like @ann@peer.test']);
      expect(await blog.hear(hub, proved(undo(ann, liked)))).toBe('accepted');
      expect(await blog.thread()).toEqual(['reply @ann@peer.test: Hello']);
      expect(asked()).toEqual([ann.actor]);
    });

    it('changed on the way → the proof is none, and the origin is asked', async () => {
      blog.remote.serve(noteId(ann, 'Hello'), note(ann, 'Hello'));
      const changed = { ...proved(create(ann, note(ann, 'Hello'))), published: '2026-11-23T11:00:00Z' };
      expect(await blog.hear(hub, changed)).toBe('accepted');
      expect(asked()).toContain(noteId(ann, 'Hello'));
      expect(await blog.hear(hub, { ...proved(like(ann)), object: `${BLOG.origin}/ap/posts/p2.json` })).toBe(
        'forwarded',
      );
    });

    it('made by another than the actor → none', async () => {
      const zed = blog.peer({ name: 'zed' });
      expect(await blog.hear(hub, proved(like(zed)))).toBe('forwarded');
      expect(await blog.stored()).toEqual([]);
    });

    it('older than ids are remembered, and so perhaps a replay → none', async () => {
      expect(await blog.hear(hub, proved(like(ann), '2026-11-01T00:00:00Z'))).toBe('forwarded');
    });

    it('an old one behind hundreds of new ones that are none → none', async () => {
      const { proof, ...activity } = proved(like(ann), '2026-11-01T00:00:00Z');
      const junk = Array.from({ length: 300 }, () => ({
        created: '2026-11-23T11:59:00Z',
        verificationMethod: `${ANN}#ed25519-key`,
      }));
      expect(await blog.hear(hub, { ...activity, proof: [...junk, proof ?? null] })).toBe('forwarded');
    });

    it('by a key on another host → none, and that host is not asked', async () => {
      const { proof, ...activity } = proved(like(ann));
      const elsewhere = { ...(isJsonObject(proof) ? proof : {}), verificationMethod: 'https://victim.test/key' };
      expect(await blog.hear(hub, { ...activity, proof: elsewhere })).toBe('forwarded');
      expect(asked()).toEqual([]);
    });

    it('of a Follow → none: an Undo must end it for good', async () => {
      expect(await blog.hear(hub, proved(follow(ann)))).toBe('forwarded');
      expect(await blog.followers()).toEqual([]);
    });

    it('its key cannot be fetched now → 503', async () => {
      blog.remote.answer(ann.actor, 0);
      expect(await blog.hear(hub, proved(like(ann)))).toBe('origin-unavailable');
      expect(await blog.thread(POST)).toEqual([]);
    });
  });
});
