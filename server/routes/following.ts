import { addressesOf } from '../../federation/addresses.ts';
import { buildCollectionPage, buildPagedCollection, PAGE_SIZE } from '../../federation/collections.ts';
import { ACTIVITY_JSON, type JsonObject } from '../../federation/vocabulary.ts';
import { followedAmong } from '../followed.ts';
import type { Deps } from '../ports.ts';
import { publicAnswer } from './respond.ts';

const MAX_AGE = 600;

/**
 * Answers the following collection: how many accepted the blog's Follow, and who when the profile shows followers. Who was
 * asked and has not answered is nobody's business.
 *
 * As with the followers, there is a first page even where nobody is shown: without one Mastodon marks the profile as hiding
 * its network.
 */
export function following(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  return publicAnswer(request, async () => {
    const { origin, actor } = await deps.site.manifest();
    const id = addressesOf(origin).following;
    const query = new URL(request.url).searchParams;
    const accepted = await acceptedBy(deps, origin);
    const body = query.has('page')
      ? page(id, { accepted, after: query.get('after'), shown: actor.showFollowers })
      : buildPagedCollection({ id, total: accepted.length, first: `${id}?page=true` });
    return { status: 200, type: ACTIVITY_JSON, body, maxAge: MAX_AGE };
  });
}

/** In the order in which they answered first; the ledger says whom the blog follows still. */
async function acceptedBy({ store }: Pick<Deps, 'store'>, origin: string): Promise<string[]> {
  const accepted: string[] = [];
  for await (const { actor, state } of store.following.all()) if (state === 'accepted') accepted.push(actor);
  if (accepted.length === 0) return [];
  const followed = await followedAmong({ store }, origin, accepted);
  return accepted.filter((actor) => followed.has(actor));
}

/** `after`: the last one of the page before; one who is followed no more ends the pages. */
function page(
  id: string,
  { accepted, after, shown }: { accepted: readonly string[]; after: string | null; shown: boolean },
): JsonObject {
  const total = accepted.length;
  if (!shown) return buildCollectionPage({ id: `${id}?page=true`, partOf: id, total, items: [] });
  const at = after === null ? 0 : accepted.indexOf(after) + 1;
  const items = after !== null && at === 0 ? [] : accepted.slice(at, at + PAGE_SIZE);
  const last = items.at(-1);
  return buildCollectionPage({
    id: after === null ? `${id}?page=true` : pageAfter(id, after),
    partOf: id,
    total,
    items,
    ...(last === undefined || at + PAGE_SIZE >= total ? {} : { next: pageAfter(id, last) }),
  });
}

function pageAfter(id: string, actor: string): string {
  return `${id}?page=true&after=${encodeURIComponent(actor)}`;
}
