import { buildCollection } from '../../federation/collections.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { type Answer, publicAnswer } from './respond.ts';

const MAX_AGE = 60;

/** Answers the replies, likes or shares of a post: so far all of them are empty. 404 for what is no post. */
export function objectCollections(deps: Pick<Deps, 'site'>, request: Request): Promise<Response> {
  return publicAnswer(request, () => find(deps, request));
}

async function find({ site }: Pick<Deps, 'site'>, request: Request): Promise<Answer> {
  const { origin, objects } = await site.manifest();
  const [, post, name] = /^(.*)\/(replies|likes|shares)\/?$/.exec(new URL(request.url).pathname) ?? [];
  const id = `${origin}${post}`;
  if (name === undefined || !objects.some((object) => object.id === `${id}.json`)) {
    return { status: 404, type: 'application/json', body: { error: 'There is no such post.' }, maxAge: 0 };
  }
  // Replies have an order, likes and shares have none (ActivityPub §5.7, §5.8).
  const body = buildCollection({ id: `${id}/${name}`, items: [], ordered: name === 'replies' });
  return { status: 200, type: ACTIVITY_JSON, body, maxAge: MAX_AGE };
}
