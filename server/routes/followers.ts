import { addressesOf } from '../../federation/addresses.ts';
import { buildCollectionPage, buildPagedCollection, PAGE_SIZE } from '../../federation/collections.ts';
import { ACTIVITY_JSON, type JsonObject } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { publicAnswer } from './respond.ts';

const MAX_AGE = 60;

/**
 * Answers the followers collection: how many there are, and who when the profile shows them.
 *
 * The collection has a first page even when nobody is shown, and that page is empty. Without one Mastodon marks the profile
 * as hiding its network, and then no longer shows its own users which of them follow the blog, nor whom the blog follows.
 */
export function followers(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  return publicAnswer(request, async () => {
    const manifest = await deps.site.manifest();
    const id = addressesOf(manifest.origin).followers;
    const query = new URL(request.url).searchParams;
    const body = query.has('page')
      ? await page(deps, { id, before: query.get('before'), shown: manifest.actor.showFollowers })
      : buildPagedCollection({ id, total: await deps.store.followers.count(), first: `${id}?page=true` });
    return { status: 200, type: ACTIVITY_JSON, body, maxAge: MAX_AGE };
  });
}

async function page(
  { store }: Pick<Deps, 'store'>,
  { id, before, shown }: { id: string; before: string | null; shown: boolean },
): Promise<JsonObject> {
  const total = await store.followers.count();
  if (!shown) return buildCollectionPage({ id: `${id}?page=true`, partOf: id, total, items: [] });
  const { items, cursor } = await store.followers.page({ limit: PAGE_SIZE, ...(before === null ? {} : { before }) });
  return buildCollectionPage({
    id: before === null ? `${id}?page=true` : pageAfter(id, before),
    partOf: id,
    total,
    items: items.map(({ actor }) => actor),
    ...(cursor === undefined ? {} : { next: pageAfter(id, cursor) }),
  });
}

function pageAfter(id: string, cursor: string): string {
  return `${id}?page=true&before=${encodeURIComponent(cursor)}`;
}
