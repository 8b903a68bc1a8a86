import { describe, expect, it } from 'vitest';
import { blockOf } from '../../../federation/inbox/blocks.ts';
import type { Block, Blocks } from '../../../federation/rules.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import { ANN, AUTHOR, BLOG, decided, FOLLOWER, POST, replyOf, rulesOf } from './world.ts';

function block(name: string, severity: Block['severity'] = 'block'): Block {
  return { name, severity, source: 'blocks.csv' };
}

function hosts(...names: string[]): Blocks {
  return { accounts: [], hosts: names.map((name) => block(name)) };
}

describe('blocked hosts', () => {
  it.each([
    ['itself', 'bad.test', 'https://bad.test/users/x'],
    ['a subdomain', 'bad.test', 'https://a.b.bad.test/users/x'],
    ['another port', 'bad.test', 'https://bad.test:8443/users/x'],
    ['capitals', 'bad.test', 'https://BAD.Test/users/x'],
    ['a dot at the end', 'bad.test', 'https://bad.test./users/x'],
    ['letters beyond ASCII', 'xn--bcher-kva.test', 'https://bücher.test/users/x'],
    ['the list beyond ASCII', 'Bücher.TEST.', 'https://xn--bcher-kva.test/users/x'],
    ['wide letters', 'bad.test', 'https://ｂａｄ.test/users/x'],
    ['a list with a star', '*.bad.test', 'https://bad.test/users/x'],
  ])('%s', (_what, name, actor) => {
    expect(blockOf(hosts(name), { actor })?.severity).toBe('block');
  });

  it.each([
    ['a name that only ends alike', 'bad.test', 'https://notbad.test/users/x'],
    ['the domain above', 'a.bad.test', 'https://bad.test/users/x'],
    ['the name in the path', 'bad.test', 'https://good.test/bad.test'],
    ['the name as user', 'bad.test', 'https://bad.test@good.test/'],
    ['what is no host', '', 'https://good.test/'],
  ])('not %s', (_what, name, actor) => {
    expect(blockOf(hosts(name), { actor })).toBeUndefined();
  });
});

describe('blocked accounts', () => {
  const accounts = (...list: Block[]): Blocks => ({ accounts: list, hosts: [] });

  it.each([
    ['by handle', 'ann@peer.test', { actor: ANN, handle: '@ann@peer.test' }],
    ['by handle in capitals', 'Ann@PEER.test', { actor: ANN, handle: '@ANN@peer.test' }],
    ['by handle, at another port', 'ann@peer.test', { actor: ANN, handle: '@ann@peer.test:8443' }],
    ['by id', ANN, { actor: ANN }],
    ['by id with its port', 'https://peer.test:8443/ann', { actor: 'https://peer.test:8443/ann' }],
    ['by id in another spelling', 'HTTPS://Peer.test/users/ann', { actor: ANN }],
  ])('%s', (_what, name, suspect) => {
    expect(blockOf(accounts(block(name)), suspect)).toBeDefined();
  });

  it.each([
    ['somebody else', 'ben@peer.test', { actor: ANN, handle: '@ann@peer.test' }],
    ['an actor without a known handle', 'ann@peer.test', { actor: ANN }],
    ['an id at another port', ANN.replace('peer.test', 'peer.test:8443'), { actor: ANN }],
    ['the same name elsewhere', 'ann@other.test', { actor: ANN, handle: '@ann@peer.test' }],
  ])('not %s', (_what, name, suspect) => {
    expect(blockOf(accounts(block(name)), suspect)).toBeUndefined();
  });

  it('the harder one counts, whichever list it is in', () => {
    const both: Blocks = { accounts: [block(ANN, 'limit')], hosts: [block('peer.test')] };
    expect(blockOf(both, { actor: ANN })?.severity).toBe('block');
    const twice: Blocks = { accounts: [], hosts: [block('peer.test'), block('peer.test', 'limit')] };
    expect(blockOf(twice, { actor: ANN })?.severity).toBe('block');
  });
});

describe('somebody who is blocked', () => {
  it.each<[string, JsonObject]>([
    ['Follow', { type: 'Follow', object: BLOG.actor }],
    ['reply', replyOf()],
    ['Like', { type: 'Like', object: POST }],
    ['Flag', { type: 'Flag', object: [BLOG.actor] }],
    ['Update of itself', { type: 'Update', object: { id: ANN, type: 'Person' } }],
  ])('%s → ignored', (_what, activity) => {
    const byHost = rulesOf({ blocks: hosts('peer.test') });
    expect(decided(activity, { rules: byHost, isKnown: true })).toEqual({ kind: 'ignored', reason: 'blocked' });
    const byHandle = rulesOf({ blocks: { accounts: [block('ann@peer.test')] } });
    expect(decided(activity, { rules: byHandle, isKnown: true })).toEqual({ kind: 'ignored', reason: 'blocked' });
  });

  it('is known by the handle of a follower, too', () => {
    const rules = rulesOf({ blocks: { accounts: [block('ann@peer.test')] } });
    const context = { rules, author: undefined, remoteActor: undefined, follower: FOLLOWER };
    expect(decided({ type: 'Move', object: ANN, target: BLOG.actor }, context)).toEqual({
      kind: 'ignored',
      reason: 'blocked',
    });
    expect(AUTHOR.handle).toBe(FOLLOWER.handle);
  });
});
