import type { AnswerStore, Consent, Tally, Vote } from './account-store.ts';
import { timeOf } from './stored-order.ts';

/** Somebody who voted, and what they chose: each option with the time at which they did. */
export interface Voter {
  readonly inbox: string;
  readonly multiple: boolean;
  readonly choices: readonly (readonly [option: number, at: string])[];
}

/** Who voted in one poll, by actor. */
export type Voters = Map<string, Voter>;

/** What is known of an object of ours beside its votes. */
export interface Asked {
  readonly consent?: Consent;
  readonly told?: string;
}

export interface AnswerRecords {
  readonly polls: Map<string, Voters>;
  readonly asked: Map<string, Asked>;
}

/** Votes, consents and what was told of them, in memory. */
export function memoryAnswers({ polls, asked }: AnswerRecords): AnswerStore {
  const votersOf = (poll: string): Voters => polls.get(poll) ?? new Map();
  return {
    ...memoryAsked(asked),
    vote: async (vote) => {
      const voters = votersOf(vote.poll);
      polls.set(vote.poll, voters);
      return castVote(voters, vote);
    },
    tally: async (poll) => tallyOf([votersOf(poll)]),
    voterInboxes: async (poll) => inboxesOf([votersOf(poll)]),
    forgetObject: async (object) => {
      const count = countVotes(votersOf(object));
      polls.delete(object);
      asked.delete(object);
      return count;
    },
    votes: async function* () {
      for (const [poll, voters] of polls) yield* votesOf(poll, voters);
    },
    consents: async function* () {
      yield* consentsIn(asked.values());
    },
  };
}

type AskedStore = Pick<AnswerStore, 'putConsent' | 'consent' | 'consentByStamp' | 'told' | 'setTold'>;

/** Consents and what was told, by object. */
export function memoryAsked(asked: Map<string, Asked>): AskedStore {
  return {
    putConsent: async (consent) => {
      const known = asked.get(consent.object);
      if (known?.consent && timeOf(known.consent.at) > timeOf(consent.at)) return;
      asked.set(consent.object, { ...known, consent: { ...consent } });
    },
    consent: async (object) => structuredClone(asked.get(object)?.consent),
    consentByStamp: async (stamp) => consentsIn(asked.values()).find((consent) => consent.stamp === stamp),
    told: async (object) => asked.get(object)?.told,
    setTold: async (object, told) => void asked.set(object, { ...asked.get(object), told }),
  };
}

/** Copies of the consents. */
export function consentsIn(asked: Iterable<Asked>): Consent[] {
  return [...asked].flatMap(({ consent }) => (consent ? { ...consent } : []));
}

/** Counts a vote, unless the voter chose already; of a new voter, only while there are fewer than `most`. */
export function castVote(voters: Voters, vote: Vote, most = Number.POSITIVE_INFINITY): 'counted' | 'ignored' {
  const { actor, option, multiple, inbox, at } = vote;
  const choices = voters.get(actor)?.choices ?? [];
  if (choices.length === 0 && voters.size >= most) return 'ignored';
  if (multiple ? choices.some(([chosen]) => chosen === option) : choices.length > 0) return 'ignored';
  voters.set(actor, { inbox, multiple, choices: [...choices, [option, at]] });
  return 'counted';
}

/** Counts the voters of all parts of a poll. */
export function tallyOf(parts: readonly Voters[]): Tally {
  const votes: number[] = [];
  let voters = 0;
  for (const voter of parts.flatMap((part) => [...part.values()])) {
    voters += 1;
    for (const [option] of voter.choices) {
      while (votes.length <= option) votes.push(0);
      votes[option] = (votes[option] ?? 0) + 1;
    }
  }
  return { votes, voters };
}

/** Each inbox of the voters once. */
export function inboxesOf(parts: readonly Voters[]): string[] {
  return [...new Set(parts.flatMap((part) => [...part.values()].map(({ inbox }) => inbox)))];
}

export function countVotes(voters: Voters): number {
  return [...voters.values()].reduce((sum, { choices }) => sum + choices.length, 0);
}

/** The votes as they were cast; where a voter named several inboxes, the last one is in all of theirs. */
export function votesOf(poll: string, voters: Voters): Vote[] {
  return [...voters].flatMap(([actor, { inbox, multiple, choices }]) =>
    choices.map(([option, at]) => ({ poll, actor, option, multiple, inbox, at })),
  );
}
