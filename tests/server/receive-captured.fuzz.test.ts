import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyRequest } from '../../federation/signatures/verify.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import {
  CAPTURED_HOSTS,
  type Capture,
  type CapturedRequest,
  messageOf,
  readCapture,
  serveDocuments,
  verifierAt,
} from '../federation/signatures/support.ts';
import { createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import { dumpOf } from '../remote/stores.ts';
import { countingStore } from '../remote/watched-store.ts';

/** One change to a request, with numbers that say where and what. */
interface Change {
  readonly what: 'body' | 'json' | 'header' | 'drop' | 'double' | 'path' | 'method' | 'time';
  readonly at: number;
  readonly by: number;
  readonly text: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  what: fc.constantFrom('body', 'json', 'header', 'header', 'drop', 'double', 'path', 'method', 'time'),
  at: fc.nat(),
  by: fc.nat(),
  text: fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('"', '\\', ',', '=', '{', '\u0000', '\u202e', 'https://evil.test/users/eve', '0', 'null'),
  ),
});

/** The headers on which a signature stands or falls. */
const SIGNED = new Set(['signature', 'signature-input', 'digest', 'content-digest', 'date', 'host']);

function changed(request: CapturedRequest, { what, at, by, text }: Change): CapturedRequest {
  switch (what) {
    case 'body':
      return { ...request, body: splice(request.body, at, by % 4, text) };
    case 'json':
      return { ...request, body: JSON.stringify(changedJson(JSON.parse(request.body), at, text)) };
    case 'header':
    case 'drop':
    case 'double':
      return { ...request, headers: changedHeaders(request.headers, { what, at, by, text }) };
    case 'path':
      return { ...request, target: `${request.target}${encodeURIComponent(text)}` };
    case 'method':
      return { ...request, method: ['GET', 'PUT', 'post', 'DELETE'][at % 4] ?? 'GET' };
    case 'time':
      return { ...request, at: new Date(Date.parse(request.at) + ((at % 400) - 200) * 3_600_000).toISOString() };
    default:
      return what satisfies never;
  }
}

function splice(text: string, at: number, length: number, put: string): string {
  const index = at % (text.length + 1);
  return text.slice(0, index) + put + text.slice(index + length);
}

/** Puts the text in the place of one value, found by walking into whatever is there. */
function changedJson(json: unknown, at: number, text: string): unknown {
  if (typeof json !== 'object' || json === null) return text;
  const keys = Object.keys(json);
  const key = keys[at % Math.max(1, keys.length)];
  if (key === undefined) return text;
  const next = Math.floor(at / Math.max(1, keys.length));
  const entries = Object.entries(json).map(([name, value]) =>
    name === key ? [name, next % 2 === 0 ? text : changedJson(value, Math.floor(next / 2), text)] : [name, value],
  );
  return Array.isArray(json) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function changedHeaders(
  headers: CapturedRequest['headers'],
  { what, at, by, text }: Change,
): CapturedRequest['headers'] {
  const places = headers.flatMap(([name], index) => (SIGNED.has(name.toLowerCase()) ? [index] : []));
  const place = places[at % Math.max(1, places.length)];
  const chosen = place === undefined ? undefined : headers[place];
  if (chosen === undefined) return headers;
  const [name, value] = chosen;
  if (what === 'drop') return headers.filter((_, index) => index !== place);
  if (what === 'double') return [...headers, [name, splice(value, by, 3, seemly(text))]];
  const replaced: [string, string] = [name, splice(value, by, 1 + (at % 3), seemly(text))];
  return headers.map((each, index) => (index === place ? replaced : each));
}

/** What HTTP lets through. */
const seemly = (text: string): string => text.replace(/[^\x20-\x7e]/g, '');

interface World {
  readonly capture: Capture;
  readonly blog: FakeBlog;
  readonly writes: string[];
  readonly posts: readonly CapturedRequest[];
}

/** A blog that has heard everything that a server sent to it. */
async function heard(host: string): Promise<World> {
  const capture = readCapture(host);
  const { store, writes } = countingStore(openMemoryStore());
  const blog = createFakeBlog({ origin: capture.origin, store });
  const documents = new Map<string, JsonObject>();
  for (const [url, { body }] of Object.entries(capture.documents)) {
    const document: unknown = JSON.parse(body);
    if (isJsonObject(document)) documents.set(url, document);
  }
  for (const [url, document] of documents) blog.remote.serve(url, documents.get(String(document.id)) ?? document);
  const posts = capture.requests.filter(({ method }) => method === 'POST');
  for (const post of posts) await send({ capture, blog }, post);
  return { capture, blog, writes, posts };
}

function send({ capture, blog }: Pick<World, 'capture' | 'blog'>, request: CapturedRequest) {
  blog.now = Date.parse(request.at);
  const headers = new Headers();
  for (const [name, value] of request.headers) headers.append(name, value);
  return blog.receive({ ...messageOf(capture, request), headers });
}

/** What a request must not change: all but what was looked up about its signer. */
async function dump({ store }: FakeBlog): Promise<string> {
  const { actors: _, ...rest }: Record<string, unknown> = JSON.parse(await dumpOf(store));
  return JSON.stringify(rest);
}

describe.each(CAPTURED_HOSTS)('what %s sent, changed in any way', (host) => {
  it('→ one outcome, no fault of ours; and no effect unless the signature still fits', async () => {
    const world = await heard(host);
    const { capture, blog, writes, posts } = world;
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(change, { minLength: 1, maxLength: 3 }), async (index, changes) => {
        const post = posts[index % posts.length];
        if (post === undefined) throw new Error('nothing was captured');
        const request = safely(post, changes);
        const before = await dump(blog);
        const known = blog.lines.length;
        writes.length = 0;
        const outcome = await send(world, request);
        outcomes.add(outcome.kind);
        expect(blog.lines).toHaveLength(known + 1);
        expect(blog.lines.at(-1)?.level).not.toBe('error');
        if (outcome.kind === 'refused') expect(outcome.status).toBeLessThan(500);
        const verifier = verifierAt(Date.parse(request.at), serveDocuments(capture));
        const { kind } = await verifyRequest(verifier, messageOf(capture, request));
        if (request.body !== post.body) expect(kind).toBe('failed');
        if (kind === 'verified') return;
        expect(outcome.kind).not.toBe('accepted');
        expect(writes.filter((write) => !write.startsWith('actors.'))).toEqual([]);
        expect(await dump(blog)).toBe(before);
      }),
      { numRuns: 150 },
    );
    expect(outcomes).toContain('refused');
  });
});

/** A body that is no JSON any more cannot be changed as JSON. */
function safely(post: CapturedRequest, changes: readonly Change[]): CapturedRequest {
  return changes.reduce((request, each) => {
    try {
      return changed(request, each);
    } catch {
      return request;
    }
  }, post);
}
