import { withCounts } from '../../federation/interaction-documents.ts';
import { withTally } from '../../federation/question.ts';
import { withConsent } from '../../federation/quote.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { ownRepliesAt } from './own-replies.ts';

/** Gives the document of a post with what others made of it until now: counts, votes, and the consent to its quote. */
export async function withLiveMembers(
  deps: Pick<Deps, 'site' | 'store' | 'clock'>,
  id: string,
  document: JsonObject,
): Promise<JsonObject> {
  const [counts, own, answered] = await Promise.all([
    deps.store.interactions.counts(id),
    ownRepliesAt(deps, id),
    withAnswers(deps, id, document),
  ]);
  return withCounts(answered, id, { ...counts, replies: counts.replies + own.length });
}

/**
 * Gives the document of a post with what others answered to what it asks of them: the votes in its poll, and whether it is over;
 * the stamp of the author whom it quotes. It is what an Update tells of it that no build made. Reads nothing for other posts.
 */
export async function withAnswers(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  id: string,
  document: JsonObject,
): Promise<JsonObject> {
  const asked = document.type === 'Question' ? withTally(document, await store.answers.tally(id), clock()) : document;
  return document.quote === undefined ? asked : withConsent(asked, await store.answers.consent(id));
}
