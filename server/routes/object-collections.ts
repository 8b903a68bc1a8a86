import { firstPage, objectCollection } from '../../federation/addresses.ts';
import { buildCollectionPage, buildPagedCollection, PAGE_SIZE } from '../../federation/collections.ts';
import { isPostCollection, POST_COLLECTIONS, type PostCollection } from '../../federation/interaction-documents.ts';
import { ACTIVITY_JSON, type JsonObject } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { MAX_THREAD } from '../store/interaction-store.ts';
import { faultAnswer, findPost, heldAnswer } from './find-object.ts';
import { ownRepliesAt } from './own-replies.ts';
import { type Answer, publicAnswer } from './respond.ts';

const MAX_AGE = 60;

/**
 * Mastodon's "fetch all replies" reads no further page once it has five items (`FetchRepliesService`, 4.5 and later), and
 * takes up to 500 of those that it read: all replies that a page of ours shows stand in the first.
 */
const REPLIES_PAGE = MAX_THREAD;

/** No cursor is longer; what is, comes from a stranger. */
const MAX_CURSOR = 200;

/**
 * Answers the replies, likes or shares of a post: how many are shown, and page by page their ids, oldest first. `replies` has
 * all that is shown of the thread, whatever each of them answers, and first of all the posts of the blog itself in it; likes and shares are the ids of the activities. 404 for
 * what is no post, 410 once its Delete was sent.
 */
export function objectCollections(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  return publicAnswer(request, () => answer(deps, new URL(request.url)));
}

async function answer(deps: Pick<Deps, 'site' | 'store'>, url: URL): Promise<Answer> {
  const { origin } = (await deps.site.parts()).head;
  const [, post, name] = /^(\/ap\/(?:posts|notes)\/[^/]+)\/([a-z]+)\/?$/.exec(url.pathname) ?? [];
  if (post === undefined || name === undefined || !isPostCollection(name)) return NO_POST;
  const found = await findPost(deps, `${origin}${post}.json`);
  switch (found.kind) {
    case 'live': {
      const body = await collection(deps, { target: found.id, name, query: url.searchParams });
      return { status: 200, type: ACTIVITY_JSON, body, maxAge: MAX_AGE };
    }
    case 'deleted':
      return faultAnswer(410, 'This post was deleted.');
    case 'held':
      return heldAnswer();
    case 'unknown':
      return NO_POST;
    default:
      return found satisfies never;
  }
}

const NO_POST = faultAnswer(404, 'There is no such post.');

async function collection(
  { site, store }: Pick<Deps, 'site' | 'store'>,
  { target, name, query }: { target: string; name: PostCollection; query: URLSearchParams },
): Promise<JsonObject> {
  const { kind, count, ordered } = POST_COLLECTIONS[name];
  const id = objectCollection(target, name);
  const first = firstPage(id);
  const own = name === 'replies' ? await ownRepliesAt({ site, store }, target) : [];
  const total = (await store.interactions.counts(target))[count] + own.length;
  if (!query.has('page')) return buildPagedCollection({ id, total, first, ordered });
  const after = query.get('after');
  const limit = name === 'replies' ? REPLIES_PAGE : PAGE_SIZE;
  const { items, cursor } =
    after !== null && after.length > MAX_CURSOR
      ? { items: [] }
      : await store.interactions.page({ target, kinds: [kind], limit, ...(after === null ? {} : { after }) });
  const at = (place: string): string => `${first}&after=${encodeURIComponent(place)}`;
  return buildCollectionPage({
    id: after === null ? first : at(after),
    partOf: id,
    total,
    items: [...(after === null ? own : []), ...items.map((item) => item.id)],
    ...(cursor === undefined ? {} : { next: at(cursor) }),
    ordered,
  });
}
