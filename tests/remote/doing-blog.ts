import { deedOf } from '../../federation/deeds.ts';
import type { LedgerObject } from '../../federation/ledger.ts';
import type { Manifest, ManifestObject } from '../../federation/manifest.ts';
import { pollMembers } from '../../federation/question.ts';
import type { Rules } from '../../federation/rules.ts';
import { type JsonObject, PUBLIC } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../../server/crypto.ts';
import type { Site } from '../../server/ports.ts';
import type { Store } from '../../server/store/store.ts';
import { siteWithParts } from '../server/site-with-parts.ts';
import type { Door } from './doors.ts';
import { BLOG, createFakeBlog, type FakeBlog, siteOf } from './fake-blog.ts';

export const ANN = 'https://peer.test/users/ann';
/** A post of Ann's that the blog quotes. */
export const QUOTED = 'https://peer.test/notes/quoted';
export const QUOTING = `${BLOG.origin}/ap/notes/quoting.json`;
export const POLL = `${BLOG.origin}/ap/notes/poll.json`;
export const ENDS = '2026-11-24T12:00:00Z';

const DEPS = { sha256: sha256Hex };
export const FOLLOW = deedOf(DEPS, BLOG.origin, { type: 'Follow', object: ANN }).id;
export const REQUEST = deedOf(DEPS, BLOG.origin, { type: 'QuoteRequest', object: QUOTED, instrument: QUOTING }).id;

/** A blog that follows Ann, quotes a post of hers and has a poll; the network was told of all three. */
export async function createDoingBlog(
  given: {
    readonly store?: Store;
    readonly door?: Door;
    readonly rules?: Partial<Rules>;
    readonly multiple?: boolean;
  } = {},
): Promise<FakeBlog> {
  const { multiple = false, ...options } = given;
  const blog: FakeBlog = createFakeBlog({ ...options, site: await doingSite(() => blog.rules, multiple) });
  blog.rules = { ...blog.rules, reading: { days: 30, boosts: true }, ...options.rules };
  const { objects, actor } = await blog.site.manifest();
  await blog.store.ledger.begin({
    origin: BLOG.origin,
    actor: { id: actor.id, digest: actor.digest, revision: 0 },
    begun: '2026-11-01T00:00:00Z',
    objects: new Map(objects.map((object) => [object.id, toldOf(object)])),
  });
  return blog;
}

function toldOf({
  id,
  type,
  digest,
  published,
  title,
  visibility,
  url,
  source,
  object,
  instrument,
}: ManifestObject): LedgerObject {
  return {
    ...{ id, state: 'announced', type, digest, revision: 0, published, title, visibility, url, source },
    ...(object === undefined ? {} : { object }),
    ...(instrument === undefined ? {} : { instrument }),
  };
}

/** Changes what the ledger has of one object. */
export async function retell(store: Store, id: string, change: Partial<LedgerObject>): Promise<void> {
  const told = await store.ledger.object(id);
  const head = await store.ledger.head();
  if (!told || !head) throw new Error(`the ledger has no ${id}`);
  await store.ledger.compareAndSwap(head.version, { objects: [{ ...told, ...change }] });
}

async function doingSite(rules: () => Rules, multiple: boolean): Promise<Site> {
  const plain = await siteOf(BLOG.origin).manifest();
  const manifest: Manifest = { ...plain, objects: [...plain.objects, ...deeds(), ...notes()] };
  const documents = new Map(
    [quotingNote(), question(multiple)].map((document): [string, JsonObject] => [String(document.id), document]),
  );
  return siteWithParts(
    {
      manifest: async () => manifest,
      scheduled: async () => [],
      document: async (url) => documents.get(url),
    },
    rules,
  );
}

const SAME = { digest: 'd', published: '2026-11-20T00:00:00Z', dateOnly: false, visibility: 'public' } as const;

function deeds(): ManifestObject[] {
  const ann = { actor: ANN, inbox: `${ANN}/inbox`, handle: '@ann@peer.test' };
  const shared = { ...SAME, url: `${BLOG.origin}/`, addressees: [ann] };
  return [
    { ...shared, id: FOLLOW, type: 'Follow', title: '@ann@peer.test', source: 'following.csv', object: ANN },
    {
      ...shared,
      ...{ id: REQUEST, type: 'QuoteRequest', title: 'Quoted', source: 'notes/quoting.md' },
      ...{ object: QUOTED, instrument: QUOTING },
    },
  ];
}

function notes(): ManifestObject[] {
  const page = (key: string) => ({ url: `${BLOG.origin}/notes/${key}/`, title: key, source: `notes/${key}.md` });
  return [
    { ...SAME, ...page('quoting'), id: QUOTING, type: 'Note' },
    { ...SAME, ...page('poll'), id: POLL, type: 'Question', ends: ENDS },
  ];
}

function ownNote(id: string): JsonObject {
  return {
    ...{ '@context': 'https://www.w3.org/ns/activitystreams', id, type: 'Note', attributedTo: BLOG.actor },
    ...{ content: '<p>Words</p>', published: SAME.published, to: [PUBLIC], cc: [BLOG.followers] },
  };
}

function quotingNote(): JsonObject {
  return { ...ownNote(QUOTING), quote: QUOTED, quoteUrl: QUOTED, quoteUri: QUOTED, _misskey_quote: QUOTED };
}

function question(multiple: boolean): JsonObject {
  return { ...ownNote(POLL), type: 'Question', ...pollMembers({ options: ['Tea', 'Coffee'], multiple, ends: ENDS }) };
}
