import { buildTombstone } from '../../federation/activities.ts';
import { withToldDates } from '../../federation/told-dates.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import type { Answer } from './respond.ts';

/** How long a Delete may wait for its owner's word before a peer asks again. */
const HELD_SECONDS = 3_600;

/**
 * Answers for an object by its id, or by another spelling of it: the document of the build with the dates that were told,
 * 410 with the Tombstone once a Delete was sent, 503 while one is held, else 404. Reads the ledger once.
 */
export async function objectAnswer({ site, store }: Pick<Deps, 'site' | 'store'>, url: string): Promise<Answer> {
  const document = await site.document(url);
  const id = typeof document?.id === 'string' ? document.id : url;
  const told = await store.ledger.object(id);
  if (told?.state === 'deleted') {
    // GoToSocial and Mastodon drop their copy on 410. A file that came back under this id changes nothing (invariant 3).
    const body = buildTombstone({ id, formerType: told.type, deleted: told.deleted ?? told.published });
    return { status: 410, type: ACTIVITY_JSON, body, maxAge: 0 };
  }
  if (document) return { status: 200, type: ACTIVITY_JSON, body: withToldDates(document, told), maxAge: 0 };
  if (told) {
    // Its Delete is held or not yet sent: on a 404 Mastodon would drop its copy, and it may be an empty build's mistake.
    const body = { error: 'This object is not here just now: try again later.' };
    return { status: 503, type: 'application/json', body, maxAge: 0, retryAfter: HELD_SECONDS };
  }
  return { status: 404, type: 'application/json', body: { error: 'There is no such object.' }, maxAge: 0 };
}
