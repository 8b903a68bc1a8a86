import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadOwnerKeys as loadPublicHalves } from '../../../build/owner-keys.ts';
import { DEFAULT_RULES } from '../../../federation/rules.ts';
import { sealMessage } from '../../../server/messages.ts';
import { ensureOwnerKeys, loadOwnerKeys, type OwnerKeys } from '../../../server/owner-keys.ts';
import { signOwnerToken } from '../../../server/owner-token.ts';
import { owner } from '../../../server/routes/owner.ts';
import { openBlobsStore } from '../../../server/store/blobs.ts';
import { blobsSizes } from '../../../server/store/blobs-sizes.ts';
import { openBlobModel } from '../store/blob-model.ts';
import { author, hear, interaction, POST_ID } from './heard.ts';
import { openEach, type Way, ways } from './ways.ts';
import { NOW, ORIGIN, type World } from './world.ts';

let keys: OwnerKeys;
let stranger: OwnerKeys;
let rules: string;
let messageKey: Readonly<Record<string, string>>;
beforeAll(async () => {
  const make = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-owner-route-'));
    const places = { contentFolder: join(folder, 'content'), dataFolder: join(folder, 'data') };
    await ensureOwnerKeys(places);
    const made = { own: await loadOwnerKeys(places), known: await loadPublicHalves(places.contentFolder) };
    rmSync(folder, { recursive: true });
    return made;
  };
  const mine = await make();
  keys = mine.own;
  stranger = (await make()).own;
  messageKey = mine.known.messageKey ?? {};
  rules = JSON.stringify({ ...DEFAULT_RULES, ...mine.known });
});

describe.each(ways)('the owner’s commands, %s', (_name, open) => {
  let world: World;
  let way: Way;
  openEach(open, (opened) => {
    ({ world, way } = opened);
  });
  beforeEach(() => writeFileSync(join(world.siteFolder, '.rules.json'), rules));

  let count = 0;
  interface Sent {
    readonly token?: string;
    readonly key?: OwnerKeys;
    readonly audience?: string;
    readonly signedBody?: string;
    readonly now?: number;
  }
  async function tokenFor(body: string, { key = keys, audience = ORIGIN, now = NOW }: Sent = {}): Promise<string> {
    count += 1;
    const options = { audience, body: new TextEncoder().encode(body), now, jti: `jti-${count}` };
    return signOwnerToken(key.ownerKey, options);
  }
  async function send(request: unknown, sent: Sent = {}): Promise<Response> {
    const body = typeof request === 'string' ? request : JSON.stringify(request);
    const token = sent.token ?? (await tokenFor(sent.signedBody ?? body, sent));
    return way.ask('/ap/owner', { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  }
  async function run(command: string, args?: object): Promise<unknown> {
    const response = await send({ command, arguments: args });
    expect(response.status).toBe(200);
    return (await response.json()).result;
  }
  const reasons = () => world.lines.filter(({ event }) => event === 'owner.refused').map(({ reason }) => reason);
  const SIZES = { command: 'store.sizes' };

  it('a command with a token for it → done, told to nobody else, kept by no cache', async () => {
    const response = await send(SIZES);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json',
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect((await response.json()).result).toEqual(await world.deps.store.sizes());
    expect(world.lines).toEqual([{ event: 'owner.command', level: 'info', command: 'store.sizes' }]);
  });

  it('the same token again → 401, and nothing is done', async () => {
    const id = await hear(world, 'reply', 'ann');
    const hide = { command: 'replies.hide', arguments: { ids: [id] } };
    const token = await tokenFor(JSON.stringify(hide));
    expect((await send(hide, { token })).status).toBe(200);
    await world.deps.store.interactions.setState(id, 'shown');
    const again = await send(hide, { token });
    expect([again.status, again.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect((await world.deps.store.interactions.get(id))?.state).toBe('shown');
    expect(reasons()).toEqual(['token-used']);
  });

  it('the same token twice at once → one of them', async () => {
    const body = JSON.stringify(SIZES);
    const token = await tokenFor(body);
    const both = await Promise.all([send(body, { token }), send(body, { token })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('the same token at two processes at once → one of them', async () => {
    // Each has looked before the other has written.
    const looks: (() => void)[] = [];
    const model = openBlobModel({
      step: async (what) => {
        if (!what.startsWith('get seen/')) return;
        await new Promise<void>((look) => {
          looks.push(look);
          if (looks.length > 1) for (const each of looks) each();
        });
      },
    });
    const token = await tokenFor(JSON.stringify(SIZES));
    const both = [0, 1].map(() => {
      const headers = { authorization: `Bearer ${token}` };
      const request = new Request(`${ORIGIN}/ap/owner`, { method: 'POST', headers, body: JSON.stringify(SIZES) });
      return owner({ ...world.deps, store: openBlobsStore(model, { sizes: blobsSizes }) }, request);
    });
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it.each([
    ['of another key', () => ({ key: stranger }), 'token-of-other-key'],
    ['for another blog', () => ({ audience: 'https://b2.test' }), 'token-of-other-blog'],
    ['for another body', () => ({ signedBody: '{"command":"replies.list"}' }), 'token-of-other-body'],
    ['that has expired', () => ({ now: NOW - 121_000 }), 'token-expired'],
    ['of the time to come', () => ({ now: NOW + 61_000 }), 'token-expired'],
    ['that is none', () => ({ token: 'a.b.c' }), 'token-malformed'],
  ])('a token %s → 401 in general terms, nothing done, nothing stored', async (_what, sent, reason) => {
    const id = await hear(world, 'reply', 'ann');
    const before = await world.deps.store.sizes();
    const response = await send({ command: 'replies.remove', arguments: { ids: [id] } }, sent());
    expect(response.status).toBe(401);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await response.json()).error).toMatch(/^The token [^.]*[.:][^.]*\.?$/);
    expect((await world.deps.store.interactions.get(id))?.state).toBe('shown');
    expect(await world.deps.store.sizes()).toEqual(before);
    expect(reasons()).toEqual([reason]);
  });

  it('no token, or another kind of authorization → 401', async () => {
    for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer' }]) {
      const response = await way.ask('/ap/owner', { method: 'POST', headers, body: JSON.stringify(SIZES) });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
  });

  it('a blog without an owner’s key → 404, whatever the token', async () => {
    writeFileSync(join(world.siteFolder, '.rules.json'), JSON.stringify(DEFAULT_RULES));
    expect((await send(SIZES)).status).toBe(404);
  });

  it('another method → 405', async () => {
    for (const method of ['GET', 'PUT', 'OPTIONS']) {
      const response = await way.ask('/ap/owner', { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it('a body of more than 64 KiB → 413', async () => {
    const big = JSON.stringify({ ...SIZES, more: 'x'.repeat(65_536) });
    expect((await send(big)).status).toBe(413);
  });

  it.each([
    ['no JSON', '{'],
    ['no command', '{}'],
    ['an unknown command', '{"command":"keys.export"}'],
    ['a member of every object', '{"command":"constructor"}'],
    ['no arguments', '{"command":"replies.hide"}'],
    ['ids that are none', '{"command":"replies.hide","arguments":{"ids":[1]}}'],
    ['too many at once', JSON.stringify({ command: 'replies.hide', arguments: { ids: Array(501).fill('a') } })],
    ['a limit that is none', '{"command":"replies.list","arguments":{"limit":-1}}'],
    ['a state that is none', '{"command":"replies.list","arguments":{"limit":1,"states":["gone"]}}'],
  ])('%s → 400', async (_what, body) => {
    expect((await send(body)).status).toBe(400);
    expect(reasons()).toEqual(['command-malformed']);
  });

  it('replies: listed, shown one by one, approved, hidden, removed', async () => {
    const id = await hear(world, 'reply', 'ann', { state: 'held', reason: 'first-time' });
    await hear(world, 'like', 'bob');
    expect(await run('replies.list', { limit: 10, states: ['held'] })).toMatchObject({
      items: [
        { id, kind: 'reply', state: 'held', reason: 'first-time', handle: author('ann').handle, text: 'Words of ann' },
      ],
    });
    expect(await run('replies.show', { id })).toMatchObject({ id, target: POST_ID });
    expect(await run('replies.show', { id: 'https://peer.example/none' })).toBeNull();
    for (const [decision, state] of [
      ['approve', 'shown'],
      ['hide', 'hidden'],
      ['remove', 'removed'],
    ] as const) {
      expect(await run(`replies.${decision}`, { ids: [id] })).toEqual([{ id, result: 'changed', others: 0, sent: 0 }]);
      expect((await world.deps.store.interactions.get(id))?.state).toBe(state);
    }
  });

  it('pages of replies follow each other', async () => {
    for (const name of ['a', 'b', 'c']) await hear(world, 'reply', name);
    const first = (await run('replies.list', { limit: 2 })) as { items: unknown[]; cursor?: string };
    const rest = await run('replies.list', { limit: 2, before: first.cursor });
    expect([first.items.length, rest]).toEqual([2, { items: [expect.anything()] }]);
  });

  it('messages come sealed, and are removed', async () => {
    const { actor, handle } = author('ann');
    const at = interaction('reply', 'ann').at;
    const message = {
      id: 'https://p.example/1',
      kind: 'message',
      actor,
      handle,
      about: [],
      text: ['Psst'],
      attachments: [],
    };
    const jwe = await sealMessage(messageKey, { ...message, kind: 'message', published: at, at });
    await world.deps.store.messages.put({ object: 'a1', sender: 'b1', jwe, at });
    expect(await run('messages.list', { limit: 10 })).toEqual({ items: [{ object: 'a1', sender: 'b1', jwe, at }] });
    expect(await run('messages.remove', { objects: ['a1', 'none'] })).toBe(1);
    expect(await world.deps.store.messages.count()).toBe(0);
  });

  it('requests to follow: listed and approved', async () => {
    const { actor, handle } = author('ann');
    await world.deps.store.requests.put({
      actor,
      inbox: `${actor}/inbox`,
      followId: `${actor}#1`,
      handle,
      since: '2026-11-01T00:00:00Z',
    });
    expect(await run('followers.requests', { limit: 10 })).toEqual([{ actor, handle, since: '2026-11-01T00:00:00Z' }]);
    expect(await run('followers.approve', { actors: [handle] })).toEqual([{ actor, handle, result: 'changed' }]);
    expect(await world.deps.store.followers.count()).toBe(1);
  });
});
