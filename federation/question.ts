import type { Poll } from './reference.ts';
import { isJsonObject, type Json, type JsonObject } from './vocabulary.ts';

/** What was voted: by option, from 0, and how many voted. `Tally` of the store has this shape. */
export interface PollTally {
  /** Options that nobody chose at the end of the list may be missing. */
  readonly votes: readonly number[];
  readonly voters: number;
}

/** A poll as a page shows it. */
export interface PollNow {
  readonly poll: Poll;
  /** Absent where nobody was asked. */
  readonly tally?: PollTally;
  /** True once no more votes are taken: only then is shown what was voted, as on Mastodon for who did not vote. */
  readonly isOver: boolean;
}

/** Gives a poll as it is at `now`, in milliseconds since the epoch. Never fails. */
export function pollAt(now: number, poll: Poll, tally?: PollTally): PollNow {
  return { poll, ...(tally === undefined ? {} : { tally }), isOver: Date.parse(poll.ends) <= now };
}

/**
 * Gives the members that make a Note a Question: `oneOf`, or `anyOf` where a voter may choose several, until when, and how many
 * voted. Nobody has voted yet: see {@link withTally}. Each option is a Note of which the name alone counts, as Mastodon and
 * GoToSocial read it. Never fails. (Activity Vocabulary, Question; Mastodon `votersCount`)
 */
export function pollMembers({ options, multiple, ends }: Poll) {
  const choices = options.map((name) => option(name, 0));
  return { [multiple ? 'anyOf' : 'oneOf']: choices, endTime: ends, votersCount: 0 } satisfies JsonObject;
}

/**
 * Gives a Question with what was voted until now, and with `closed` once its end has come: peers show the results then. Takes
 * the document of the build and milliseconds since the epoch; what is no Question is given as it is. Never fails.
 * (Activity Vocabulary, closed)
 */
export function withTally(document: JsonObject, { votes, voters }: PollTally, now: number): JsonObject {
  if (document.type !== 'Question') return document;
  const shown: JsonObject = {};
  for (const [key, value] of Object.entries(document)) {
    if (key === 'oneOf' || key === 'anyOf') shown[key] = tallied(value, votes);
    else if (key === 'votersCount') shown[key] = voters;
    else shown[key] = value;
    if (key === 'endTime' && hasEnded(document, now)) shown.closed = value;
  }
  return shown;
}

/** Says whether a Question takes no more votes. Takes milliseconds since the epoch; what has no end has not ended. Never fails. */
export function hasEnded({ endTime }: JsonObject, now: number): boolean {
  return typeof endTime === 'string' && Date.parse(endTime) <= now;
}

function tallied(options: Json, votes: readonly number[]): Json {
  if (!Array.isArray(options)) return options;
  return options.map((each, place) => (isJsonObject(each) ? option(String(each.name), votes[place] ?? 0) : each));
}

function option(name: string, totalItems: number): JsonObject {
  return { type: 'Note', name, replies: { type: 'Collection', totalItems } };
}
