import type { JsonObject } from '../vocabulary.ts';
import { isJsonObject } from '../vocabulary.ts';
import { own } from './bounds.ts';
import { listOf, stringsOf } from './references.ts';

/** A poll of ours as a vote meets it. */
export interface OwnPoll {
  readonly id: string;
  readonly options: readonly string[];
  readonly multiple: boolean;
  /** RFC 3339; a poll without an end takes votes for ever. */
  readonly ends: string | undefined;
}

/**
 * Reads a poll from the document of a post of ours; undefined when it is none. Takes the document as it was built; never
 * fails. (Activity Vocabulary, Question)
 */
export function readOwnPoll(document: JsonObject, id: string): OwnPoll | undefined {
  if (!stringsOf(own(document, 'type')).includes('Question')) return undefined;
  const multiple = own(document, 'anyOf') !== undefined;
  const options = listOf(own(document, multiple ? 'anyOf' : 'oneOf')).flatMap((option) => {
    const name = isJsonObject(option) ? own(option, 'name') : undefined;
    return typeof name === 'string' ? [name] : [];
  });
  const ends = own(document, 'endTime');
  return { id, options, multiple, ends: typeof ends === 'string' ? ends : undefined };
}

/** Gives the place of the option that a vote names; undefined for any other text. Peers may trim what they were told. */
export function optionOf({ options }: OwnPoll, name: string): number | undefined {
  const index = options.findIndex((option) => comparable(option) === comparable(name));
  return index === -1 ? undefined : index;
}

function comparable(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}
