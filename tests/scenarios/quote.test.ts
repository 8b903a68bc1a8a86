import { describe, expect, it } from 'vitest';
import type { Rules } from '../../federation/rules.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { act, create, follow, note, noteId } from '../remote/activities.ts';
import { BLOG, type FakeBlog, POST } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { openEachBlog } from '../remote/open-each.ts';
import { STORES } from '../remote/stores.ts';

describe.each(STORES)('quotes, with the store in %s', (_name, open) => {
  let blog: FakeBlog;
  let ann: Peer;
  openEachBlog(open, (scene) => {
    ({ blog, ann } = scene);
    mayQuote('anyone');
  });

  const mayQuote = (quotes: Rules['quotes']): void => {
    blog.rules = { ...blog.rules, quotes };
  };
  const quoting = (more: JsonObject = {}): JsonObject => note(ann, 'see', { inReplyTo: null, quote: POST, ...more });
  const request = (instrument: JsonObject[string], more: JsonObject = {}): JsonObject =>
    act(ann, 'QuoteRequest', POST, { instrument, ...more });

  it('QuoteRequest, anyone may → a stamp that binds both, an Accept that leads to it, and the quote', async () => {
    const asked = request(quoting());
    expect(await blog.hear(ann, asked)).toBe('accepted');
    const [answer] = await blog.queued();
    expect(answer).toMatchObject({ type: 'Accept', inbox: ann.inbox, json: { object: { id: asked.id } } });
    const stamp = await blog.store.stamps.get(String(answer?.json.result));
    expect(stamp).toMatchObject({ quote: noteId(ann, 'see'), target: POST, actor: ann.actor });
    expect(await blog.thread()).toEqual(['quote @ann@peer.test: see']);
    expect(await blog.notified()).toEqual(['quote']);
  });

  it('asked again, with the same and another id → the same stamp, and an Accept for each id', async () => {
    const asked = request(quoting());
    await blog.hear(ann, asked);
    await blog.hear(ann, { ...asked, id: ann.id('again') });
    const results = (await blog.queued()).map(({ json }) => json.result);
    expect(new Set(results).size).toBe(1);
    expect(await blog.store.stamps.ofQuote(noteId(ann, 'see'))).toHaveLength(1);
    expect(await blog.thread()).toHaveLength(1);
  });

  it('the instrument is only named → fetched from its server; one more fetch, no more', async () => {
    blog.remote.serve(noteId(ann, 'see'), quoting());
    expect(await blog.hear(ann, request(noteId(ann, 'see')))).toBe('accepted');
    expect(blog.remote.gets).toEqual([ann.actor, noteId(ann, 'see')]);
    expect(await blog.thread()).toEqual(['quote @ann@peer.test: see']);
  });

  it('the instrument is named and its server does not answer → 503, and nothing is given', async () => {
    blog.remote.answer(noteId(ann, 'see'), 0);
    const outcome = await blog.receive(ann.send(request(noteId(ann, 'see'))));
    expect(outcome).toMatchObject({ kind: 'refused', status: 503, reason: 'object-unavailable' });
    expect(await blog.queued()).toEqual([]);
  });

  it('the instrument is named, and says that it is something else → nothing is given', async () => {
    blog.remote.serve(noteId(ann, 'see'), { ...quoting(), id: noteId(ann, 'other') });
    expect(await blog.hear(ann, request(noteId(ann, 'see')))).toBe('object-refused');
    expect(await blog.queued()).toEqual([]);
  });

  it.each([
    ['is on another host', { id: 'https://evil.test/notes/see' }, 'object-on-another-host'],
    ['is somebody else’s', { attributedTo: 'https://peer.test/users/zed' }, 'not-the-author'],
    ['quotes another post', { quote: `${BLOG.origin}/ap/posts/p2.json` }, 'quotes-another'],
    ['quotes nothing', { quote: null }, 'quotes-another'],
  ])('an instrument that %s → refused, no stamp', async (_what, more, reason) => {
    expect(await blog.hear(ann, request(quoting(more)))).toBe(reason);
    expect(await blog.queued()).toEqual([]);
    expect(await blog.stored()).toEqual([]);
  });

  it('nobody may → a Reject, no stamp, no quote', async () => {
    mayQuote('nobody');
    await blog.hear(ann, request(quoting()));
    expect(await blog.queued()).toMatchObject([{ type: 'Reject' }]);
    expect(await blog.store.stamps.ofQuote(noteId(ann, 'see'))).toEqual([]);
    expect(await blog.stored()).toEqual([]);
  });

  it('followers may → a Reject for a stranger, an Accept once they follow', async () => {
    mayQuote('followers');
    await blog.hear(ann, request(quoting()));
    expect((await blog.queued()).map(({ type }) => type)).toEqual(['Reject']);
    await blog.hear(ann, follow(ann));
    await blog.hear(ann, request(quoting()));
    expect((await blog.store.stamps.ofQuote(noteId(ann, 'see'))).map(({ target }) => target)).toEqual([POST]);
  });

  it('the owner is asked → held with the request to answer, and told once; no answer yet', async () => {
    mayQuote('ask');
    const asked = request(quoting());
    await blog.hear(ann, asked);
    await blog.hear(ann, asked);
    expect(await blog.stored()).toMatchObject([{ kind: 'quote', state: 'held', reason: 'asks', activity: asked.id }]);
    expect(await blog.thread()).toEqual([]);
    expect(await blog.notified()).toEqual(['quote-request']);
    expect(await blog.queued()).toEqual([]);
  });

  it.each(['quote', 'quoteUrl', 'quoteUri', '_misskey_quote'])(
    'a post that quotes by %s, unasked → in the thread',
    async (key) => {
      const quote = note(ann, 'see', { inReplyTo: null, [key]: POST });
      expect(await blog.hear(ann, create(ann, quote))).toBe('accepted');
      expect(await blog.thread()).toEqual(['quote @ann@peer.test: see']);
    },
  );

  it('a quote by a link tag (FEP-e232) → in the thread', async () => {
    const link = { type: 'Link', mediaType: 'application/activity+json', href: POST };
    await blog.hear(ann, create(ann, note(ann, 'see', { inReplyTo: null, tag: [link] })));
    expect(await blog.thread()).toEqual(['quote @ann@peer.test: see']);
  });
});
