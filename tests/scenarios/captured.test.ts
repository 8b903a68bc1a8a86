import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { type Capture, messageOf, readCapture } from '../federation/signatures/support.ts';
import { createFakeBlog } from '../remote/fake-blog.ts';

const FOLLOWED = 'store-follower notify send';
const UNFOLLOWED = 'remove-follower notify';
const SAID = 'store-interaction notify';
const EDITED = 'store-interaction';
const TAKEN_BACK = 'remove-interaction mark';
const DELETED = 'remove-interaction remove-message mark';
const REPORTED = 'store-message notify';

/** What each request to the inbox must come to, in the order in which the server sent them. */
const EXPECTED: Readonly<Record<string, readonly (readonly [type: string, what: string])[]>> = {
  'gts.test': [
    ['Follow', FOLLOWED],
    ['Like', SAID],
    ['Announce', SAID],
    ['Undo', TAKEN_BACK],
    ['Undo', TAKEN_BACK],
    ['Delete', 'remove-message mark'],
    ['Undo', UNFOLLOWED],
    ['Follow', FOLLOWED],
    ['Create', SAID],
    ['Update', EDITED],
    ['Delete', DELETED],
    ['Flag', REPORTED],
    ['Block', UNFOLLOWED],
    ['Undo', 'not-following'],
    ['Undo', 'nothing-to-undo'],
  ],
  'snac.test': [
    ['Follow', FOLLOWED],
    ['Like', SAID],
    ['Announce', SAID],
    ['Create', SAID],
    ['Update', EDITED],
    ['Undo', TAKEN_BACK],
    ['Undo', TAKEN_BACK],
    ['Undo', UNFOLLOWED],
    ['Follow', FOLLOWED],
  ],
  'snac2.test': [
    ['Follow', FOLLOWED],
    ['Like', SAID],
    ['Announce', SAID],
    ['Create', SAID],
    ['Update', EDITED],
    ['Undo', TAKEN_BACK],
    ['Undo', TAKEN_BACK],
    ['Undo', UNFOLLOWED],
    ['Follow', FOLLOWED],
    ['Undo', UNFOLLOWED],
  ],
  'hollo.test': [
    ['Follow', FOLLOWED],
    ['Like', SAID],
    ['Undo', TAKEN_BACK],
    ['Undo', UNFOLLOWED],
    ['Follow', FOLLOWED],
    ['Create', SAID],
    ['Update', EDITED],
    ['Delete', DELETED],
    ['Undo', UNFOLLOWED],
    ['Block', 'not-following'],
  ],
  'robot.test': [
    ['Follow', FOLLOWED],
    ['Add', 'unsupported-type'],
    ['Like', SAID],
    ['Announce', SAID],
    ['Create', SAID],
    ['Undo', TAKEN_BACK],
    ['Undo', TAKEN_BACK],
    ['Undo', UNFOLLOWED],
  ],
  'fedify.test': [
    ['Follow', FOLLOWED],
    ['Like', SAID],
    ['Announce', SAID],
    ['Create', SAID],
  ],
  'misskey.test': [
    ['Follow', FOLLOWED],
    ['Like', SAID],
    ['Announce', SAID],
    ['Create', SAID],
    ['Undo', UNFOLLOWED],
    ['Create', SAID],
    ['Delete', DELETED],
    ['Undo', TAKEN_BACK],
    ['Block', 'not-following'],
  ],
};

describe.each(Object.keys(EXPECTED))('%s', (host) => {
  it('every captured request ends in the outcome that it should, with at most two fetches in all', async () => {
    const capture = readCapture(host);
    const blog = createFakeBlog({ origin: capture.origin });
    serveDocuments(capture, blog.remote.serve);
    const outcomes: [string, string][] = [];
    const posts = capture.requests.filter(({ method }) => method === 'POST');
    for (const post of posts) {
      blog.now = Date.parse(post.at);
      const message = messageOf(capture, post);
      const outcome = await blog.receive({ ...message, headers: new Headers(post.headers) });
      const what = outcome.kind === 'accepted' ? outcome.effects.map(({ type }) => type).join(' ') : outcome.reason;
      outcomes.push([String(blog.lines.at(-1)?.activity), what]);
    }
    expect(outcomes).toEqual(EXPECTED[host]);
    expect(blog.lines).toHaveLength(posts.length);
    // One for each key; GoToSocial's Flag comes from another actor.
    expect(blog.remote.gets.length).toBeLessThanOrEqual(2);
  });

  it('with one byte of the body changed, every captured request is refused or has no effect', async () => {
    const capture = readCapture(host);
    for (const post of capture.requests.filter(({ method }) => method === 'POST')) {
      const blog = createFakeBlog({ origin: capture.origin });
      serveDocuments(capture, blog.remote.serve);
      blog.now = Date.parse(post.at);
      const message = messageOf(capture, { ...post, body: `${post.body} ` });
      const outcome = await blog.receive({ ...message, headers: new Headers(post.headers) });
      expect(outcome.kind).not.toBe('accepted');
      expect(await blog.stored()).toEqual([]);
      expect(await blog.followers()).toEqual([]);
    }
  });
});

/** Serves what the document client gives: a document under another id is asked for by that id. */
function serveDocuments(capture: Capture, serve: (url: string, document: JsonObject) => void): void {
  const documents = new Map<string, JsonObject>();
  for (const [url, { body }] of Object.entries(capture.documents)) {
    const document: unknown = JSON.parse(body);
    if (isJsonObject(document)) documents.set(url, document);
  }
  for (const [url, document] of documents) serve(url, documents.get(String(document.id)) ?? document);
}
