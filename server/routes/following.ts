import { addressesOf } from '../../federation/addresses.ts';
import { buildCollectionPage, buildPagedCollection } from '../../federation/collections.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { publicAnswer } from './respond.ts';

const MAX_AGE = 600;

/** Answers the following collection. The blog follows nobody so far; the collection says so, with a first page as Mastodon wants. */
export function following({ site }: Pick<Deps, 'site'>, request: Request): Promise<Response> {
  return publicAnswer(request, async () => {
    const id = addressesOf((await site.manifest()).origin).following;
    const first = `${id}?page=true`;
    const body = new URL(request.url).searchParams.has('page')
      ? buildCollectionPage({ id: first, partOf: id, total: 0, items: [] })
      : buildPagedCollection({ id, total: 0, first });
    return { status: 200, type: ACTIVITY_JSON, body, maxAge: MAX_AGE };
  });
}
