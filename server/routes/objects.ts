import { buildTombstone } from '../../federation/activities.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { type Answer, publicAnswer } from './respond.ts';

/** Answers for an object that the build has no file of: 410 with its Tombstone once a Delete was sent, else 404. */
export function objects(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  return publicAnswer(request, () => find(deps, request));
}

async function find({ site, store }: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Answer> {
  const id = (await site.manifest()).origin + new URL(request.url).pathname;
  // Where files do not come first, the file is given here.
  const document = await site.document(id);
  if (document) return { status: 200, type: ACTIVITY_JSON, body: document, maxAge: 0 };
  const told = await store.ledger.object(id);
  if (told?.state !== 'deleted') {
    return { status: 404, type: 'application/json', body: { error: 'There is no such object.' }, maxAge: 0 };
  }
  // GoToSocial and Mastodon drop their copy on 410.
  const body = buildTombstone({ id, formerType: told.type, deleted: told.deleted ?? told.published });
  return { status: 410, type: ACTIVITY_JSON, body, maxAge: 0 };
}
