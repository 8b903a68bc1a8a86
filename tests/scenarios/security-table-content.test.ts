import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { act, boost, create, follow, like, note, noteId, undo } from '../remote/activities.ts';
import { BLOG, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { dumpOf, STORES } from '../remote/stores.ts';
import { provenBy, worldsOf } from './security-world.ts';

describe.each(STORES)('the security checks, row by row: what is said, with the store in %s', (name, open) => {
  const world = worldsOf(name, open);

  it('Quote stamp forging (GHSA-q4g8-82c5-9h33): a stamp binds our post, the quote and the verified requester', async () => {
    const { blog, ann, eve } = await world();
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

  it('Oversized fields (GHSA-gg8q-rcg7-p79g): what is stored of one activity is small, whatever it says', async () => {
    const { blog } = await world();
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
    const { blog, ann } = await world();
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
    const { blog, ann } = await world();
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
    const { blog, ann } = await world();
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

describe.each(STORES)('the security checks, row by row: what is said, with the store in %s', (name, open) => {
  const world = worldsOf(name, open);

  it('Announce and embedded-object spoofing: nothing foreign that is embedded is shown; a boost counts for our ids alone', async () => {
    const { blog, ann } = await world();
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
    const { blog, ann } = await world();
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
    const { blog, eve } = await world();
    for (const name of ['EVIL.test', 'evil.test.', 'eviL。test', '*.evil.test', '.evil.test']) {
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
});

describe('the security checks, row by row: what is said', () => {
  it('attributionDomains spoofing (GHSA-rwcw-vq68-g34p): the actor names its own host alone', () => {
    const actor: { attributionDomains: string[]; id: string } = JSON.parse(
      readFileSync(new URL('../fixtures/documents/actor.json', import.meta.url), 'utf8'),
    );
    expect(actor.attributionDomains).toEqual([new URL(actor.id).hostname]);
  });
});
