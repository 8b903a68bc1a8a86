import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import type { InboundRequest } from '../../server/inbound-body.ts';
import { type Capture, type CapturedRequest, messageOf, readCapture } from '../federation/signatures/support.ts';
import { createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import { openEachStore } from '../remote/open-each.ts';
import { isNear, STORES } from '../remote/stores.ts';

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

const CASES = STORES.flatMap(([name, open]) => Object.keys(EXPECTED).map((host) => [host, name, open] as const));

describe.each(CASES)('%s, with the store in %s', (host, name, open) => {
  const capture = readCapture(host);
  const posts = capture.requests.filter(({ method }) => method === 'POST');
  let blog: FakeBlog;
  openEachStore(open, (opened) => {
    blog = createFakeBlog({ ...opened.blog, origin: capture.origin });
    serveDocuments(capture, blog.remote.serve);
  });

  it('every captured request ends in the outcome that it should, with at most two fetches in all', async () => {
    const outcomes: [string, string][] = [];
    for (const post of posts) {
      blog.now = Date.parse(post.at);
      await blog.receive(requestOf(capture, post));
      const { activity, effects, reason } = { ...blog.lines.at(-1) };
      outcomes.push([String(activity), String(effects ?? reason)]);
    }
    expect(outcomes).toEqual(EXPECTED[host]);
    expect(blog.lines).toHaveLength(posts.length);
    // One for each key; GoToSocial's Flag comes from another actor. Over HTTP a key that lies in its actor's document is asked
    // for by the actor's id once more.
    expect(blog.remote.gets.length).toBeLessThanOrEqual(isNear(name) ? 2 : 4);
  });

  it('with one byte of the body changed, every captured request is refused or has no effect', async () => {
    for (const post of posts) {
      blog.now = Date.parse(post.at);
      const outcome = await blog.receive(requestOf(capture, { ...post, body: `${post.body} ` }));
      expect(outcome.kind).not.toBe('accepted');
      expect(await blog.stored()).toEqual([]);
      expect(await blog.followers()).toEqual([]);
    }
  });
});

/** What was said of the connection and of the length is between two that talked then. */
const OF_CONNECTION = ['connection', 'content-length', 'keep-alive', 'transfer-encoding'];

function requestOf(capture: Capture, post: CapturedRequest): InboundRequest {
  const headers = new Headers(post.headers);
  for (const name of OF_CONNECTION) headers.delete(name);
  return { ...messageOf(capture, post), headers };
}

/** Serves what the document client gives: a document under another id is asked for by that id. */
function serveDocuments(capture: Capture, serve: (url: string, document: JsonObject) => void): void {
  const documents = new Map<string, JsonObject>();
  for (const [url, { body }] of Object.entries(capture.documents)) {
    const document: unknown = JSON.parse(body);
    if (isJsonObject(document)) documents.set(url, document);
  }
  for (const [url, document] of documents) serve(url, documents.get(String(document.id)) ?? document);
}
