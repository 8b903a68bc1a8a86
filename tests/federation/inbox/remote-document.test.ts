import { describe, expect, it } from 'vitest';
import { keptDocument } from '../../../federation/inbox/remote-document.ts';

const ACTOR = 'https://peer.test/users/ann';
const needed = { id: ACTOR, type: 'Person', inbox: `${ACTOR}/inbox`, publicKey: { id: `${ACTOR}#k`, owner: ACTOR } };

describe('what is kept of an actor', () => {
  it('keys, addresses, and what people see; nothing else', () => {
    const seen = {
      name: 'Ann',
      url: 'https://peer.test/@ann',
      icon: { type: 'Image', url: 'https://peer.test/a.png' },
    };
    const emoji = { type: 'Emoji', name: ':x:', icon: { url: 'https://peer.test/x.png' } };
    const tag = [
      { ...emoji, updated: '2026-01-01T00:00:00Z' },
      { type: 'Hashtag', name: '#a' },
    ];
    const more = { summary: 'x', attachment: [], followers: `${ACTOR}/followers`, image: {}, tag };
    expect(keptDocument({ ...needed, ...seen, ...more })).toEqual({ ...needed, ...seen, tag: [emoji] });
  });

  it.each([
    ['name', 'x'.repeat(3_000)],
    ['url', Array.from({ length: 500 }, () => 'https://peer.test/@ann')],
    ['icon', { url: 'x'.repeat(5_000) }],
    ['tag', [{ type: 'Emoji', name: 'x'.repeat(3_000) }]],
  ])('a %s that is too large is left out, the rest is good', (key, value) => {
    expect(keptDocument({ ...needed, [key]: value })).toEqual(needed);
  });

  it('twenty emoji at most', () => {
    const tag = Array.from({ length: 100 }, (_, n) => ({ type: 'Emoji', name: `:e${n}:`, icon: {} }));
    expect(keptDocument({ ...needed, tag })?.tag).toHaveLength(20);
  });

  it('a document whose keys are too large or too deep is not kept', () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`);
    expect(keptDocument({ ...needed, publicKey: deep })).toBeUndefined();
    expect(keptDocument({ ...needed, publicKey: 'x'.repeat(20_000) })).toBeUndefined();
    expect(keptDocument({ ...needed, name: deep })).toEqual(needed);
  });
});
