import { buildTombstone } from '../../federation/activities.ts';
import { withToldDates } from '../../federation/told-dates.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { faultAnswer, findObject, heldAnswer, isPostId } from './find-object.ts';
import { withLiveMembers } from './live-object.ts';
import type { Answer } from './respond.ts';

/**
 * Answers for an object by its id, or by another spelling of it: the document of the build with the dates that were told, and
 * with what others made of it until now: counts, votes, consent to a quote. 410 with the Tombstone once a Delete was sent, 503 while one is held, else 404. Reads the ledger once.
 */
export async function objectAnswer(deps: Pick<Deps, 'site' | 'store' | 'clock'>, url: string): Promise<Answer> {
  const found = await findObject(deps, url);
  switch (found.kind) {
    case 'live': {
      const { id, document, told } = found;
      const dated = withToldDates(document, told);
      const body = isPostId(id) ? await withLiveMembers(deps, id, dated) : dated;
      return { status: 200, type: ACTIVITY_JSON, body, maxAge: 0 };
    }
    case 'deleted': {
      // GoToSocial and Mastodon drop their copy on 410.
      const { id, told } = found;
      const body = buildTombstone({ id, formerType: told.type, deleted: told.deleted ?? told.published });
      return { status: 410, type: ACTIVITY_JSON, body, maxAge: 0 };
    }
    case 'held':
      return heldAnswer();
    case 'unknown':
      return faultAnswer(404, 'There is no such object.');
    default:
      return found satisfies never;
  }
}
