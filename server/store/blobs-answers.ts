import { isJsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../crypto.ts';
import type { AnswerStore, Consent } from './account-store.ts';
import { openBuckets, sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { atOnce, openDocuments } from './blobs-documents.ts';
import { type GroundOptions, openGround } from './blobs-ground.ts';
import {
  type Asked,
  castVote,
  consentsIn,
  countVotes,
  inboxesOf,
  memoryAsked,
  tallyOf,
  type Voter,
  type Voters,
  votesOf,
} from './memory-answers.ts';
import { hasTexts } from './stored-texts.ts';

/** Documents of a poll: its voters are spread over them, so that those of a popular one do not wait for one key. */
const PARTS = 16;

/** Voters of one document, some 600 KB: sixty thousand in all. */
export const MOST_VOTERS = 4_000;

/** The owner decides how many there are, so a few documents are enough, and all are read to find a stamp. */
const BUCKETS = 8;

const FOLDER = 'votes';

/** Some of the voters of one poll. */
interface Part {
  poll: string;
  readonly voters: Voters;
}

/** What others answered, in Blobs. */
export function blobsAnswers(blobs: BlobStore, options: GroundOptions): AnswerStore {
  const ground = openGround(blobs, options);
  const parts = openDocuments(blobs, partKind, options);
  const asked = openBuckets(blobs, askedKind, { ...options, ground });
  const votersOf = async (poll: string) => (await parts.readEach(partsOf(poll))).map(({ voters }) => voters);
  return {
    vote: async (vote) => {
      const place = (await ground())(PARTS, vote.actor);
      return parts.change(partOf(vote.poll, place), (part) => {
        part.poll = vote.poll;
        return castVote(part.voters, vote, MOST_VOTERS);
      });
    },
    tally: async (poll) => tallyOf(await votersOf(poll)),
    voterInboxes: async (poll) => inboxesOf(await votersOf(poll)),
    putConsent: async (consent) => asked.change(consent.object, (map) => memoryAsked(map).putConsent(consent)),
    consent: async (object) => (await asked.read(object)).get(object)?.consent,
    consentByStamp: async (stamp) => (await allConsents(asked)).find((consent) => consent.stamp === stamp),
    told: async (object) => (await asked.read(object)).get(object)?.told,
    setTold: async (object, digest) => asked.change(object, (map) => memoryAsked(map).setTold(object, digest)),
    forgetObject: async (object) => {
      await asked.change(object, (map) => map.delete(object));
      const forgotten = await atOnce(partsOf(object), (name) => parts.change(name, forget));
      return sum(forgotten);
    },
    votes: async function* () {
      for (const key of await blobs.list(`${FOLDER}/`)) {
        const { poll, voters } = await parts.read(key.slice(FOLDER.length + 1));
        yield* votesOf(poll, voters);
      }
    },
    consents: async function* () {
      yield* await allConsents(asked);
    },
  };
}

async function allConsents(asked: { readAll(): Promise<Map<string, Asked>[]> }): Promise<Consent[]> {
  return (await asked.readAll()).flatMap((map) => consentsIn(map.values()));
}

/** The document stays, and is empty: a vote may be on its way. */
function forget({ voters }: Part): number {
  const count = countVotes(voters);
  voters.clear();
  return count;
}

function partOf(poll: string, place: number): string {
  return `${sha256Hex(poll).slice(0, 32)}/${place.toString(16)}`;
}

function partsOf(poll: string): string[] {
  return Array.from({ length: PARTS }, (_, place) => partOf(poll, place));
}

const partKind = {
  folder: FOLDER,
  empty: (): Part => ({ poll: '', voters: new Map() }),
  parse: (json: unknown): Part => {
    if (!hasTexts(json, ['poll']) || !('voters' in json) || !Array.isArray(json.voters))
      throw new TypeError('no votes');
    return { poll: json.poll, voters: new Map(json.voters.map(voterIn)) };
  },
  print: ({ poll, voters }: Part) => ({ poll, voters: [...voters] }),
};

function voterIn(pair: unknown): [string, Voter] {
  const [actor, voter]: unknown[] = Array.isArray(pair) ? pair : [];
  if (typeof actor !== 'string' || !isVoter(voter)) throw new TypeError('no voter');
  return [actor, voter];
}

function isVoter(json: unknown): json is Voter {
  if (!isJsonObject(json) || typeof json.inbox !== 'string' || typeof json.multiple !== 'boolean') return false;
  return Array.isArray(json.choices) && json.choices.every(isChoice);
}

function isChoice(json: unknown): boolean {
  return Array.isArray(json) && typeof json[0] === 'number' && typeof json[1] === 'string';
}

export const askedKind = {
  folder: 'asked',
  buckets: BUCKETS,
  empty: (): Map<string, Asked> => new Map(),
  parse: (json: unknown): Map<string, Asked> => {
    if (!Array.isArray(json)) throw new TypeError('no answers');
    return new Map(json.map(askedIn));
  },
  print: (asked: Map<string, Asked>) => [...asked],
};

function askedIn(pair: unknown): [string, Asked] {
  const [object, asked]: unknown[] = Array.isArray(pair) ? pair : [];
  if (typeof object !== 'string' || !isAsked(asked)) throw new TypeError('no answer');
  return [object, asked];
}

const STATES: ReadonlySet<string> = new Set<Consent['state']>(['accepted', 'rejected', 'revoked']);

function isAsked(json: unknown): json is Asked {
  if (!hasTexts(json, [], ['told'])) return false;
  const consent: unknown = 'consent' in json ? json.consent : undefined;
  if (consent === undefined) return true;
  return hasTexts(consent, ['object', 'quoted', 'state', 'at'], ['stamp']) && STATES.has(consent.state);
}
