import type { LedgerObject } from './ledger.ts';
import { updatedMember } from './post-object.ts';
import type { JsonObject } from './vocabulary.ts';

/**
 * Gives an object with other dates, in their usual place; an `updated` from before `published` goes, because GoToSocial
 * calls such an object malformed. Takes RFC 3339; an object without `published` is given as it is. Never fails.
 * (Activity Vocabulary, published and updated)
 */
export function withDates(
  object: JsonObject,
  dates: { readonly published: string; readonly updated: string | undefined },
): JsonObject {
  const { updated: _, ...rest } = object;
  if (rest.published === undefined) return object;
  const dated: JsonObject = {};
  for (const [key, value] of Object.entries(rest)) {
    dated[key] = key === 'published' ? dates.published : value;
    if (key === 'published') Object.assign(dated, updatedMember(dates.published, dates.updated));
  }
  return dated;
}

/**
 * Gives an object's document of the build with the dates that the network was told, which only the ledger knows: the
 * instant for which a date without a time stood, and the `updated` of an Update. One that the file names is shown once an
 * Update has told it: a silent edit shows none.
 *
 * Peers fetch the object (Ghost always, all of them when an activity carries its id alone), and Mastodon takes only a newer
 * `updated` for an edit, so the document must say what the activity said. An object of the baseline was told to nobody:
 * its file's dates stand. `told` is what the ledger has; undefined, for an object it does not know. Never fails.
 */
export function withToldDates(document: JsonObject, told: LedgerObject | undefined): JsonObject {
  if (told?.state !== 'announced') return document;
  return withDates(document, { published: told.published, updated: told.updated });
}
