import fc from 'fast-check';
import type { Vote } from '../../../server/store/account-store.ts';
import type { Store } from '../../../server/store/store.ts';
import type { Command } from './model-deliveries.ts';
import { author, collect, content } from './samples.ts';

/* What may be done to the parts of a store that belong to the account, and what is seen of it. */

const name = fc.constantFrom('a', 'b', 'c', '__proto__');
const time = fc.integer({ min: 0, max: 5 }).map((second) => `2026-03-01T10:00:0${second}Z`);
const option = fc.nat(3);
const kind = fc.constantFrom('post', 'boost');

const followingCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(name, fc.constantFrom('accepted', 'rejected'), time).map(
    ([actor, state, at]): Command =>
      ({ following }) =>
        following.put({ actor, state, activity: `${state} ${at}`, at }),
  ),
  name.map(
    (actor): Command =>
      ({ following }) =>
        following.remove(actor),
  ),
);

const readingCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(name, name, kind, name, name, time).map(([id, ...of]) => putItem(id, ...of)) },
  fc.tuple(name, name).map(
    ([actor, id]): Command =>
      ({ reading }) =>
        reading.remove(actor, id),
  ),
  time.map(
    (before): Command =>
      ({ reading }) =>
        reading.prune(before),
  ),
  name.map(
    (actor): Command =>
      ({ reading }) =>
        reading.forgetActor(actor),
  ),
  fc.nat(4).map(
    (limit): Command =>
      ({ reading }) =>
        reading.newest(limit),
  ),
);

function putItem(id: string, actor: string, of: 'post' | 'boost', object: string, wrote: string, at: string): Command {
  const boosted = of === 'boost' ? { object } : { inReplyTo: object };
  const item = { id, actor, kind: of, ...boosted, author: author('x', { actor: wrote }), content: content(object), at };
  return ({ reading }) => reading.put(item);
}

const answerCommand: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record<Vote>({ poll: name, actor: name, option, multiple: fc.boolean(), inbox: name, at: time }).map(
      (vote): Command =>
        ({ answers }) =>
          answers.vote(vote),
    ),
  },
  fc.tuple(name, fc.constantFrom('accepted', 'revoked'), fc.option(name), time).map(
    ([object, state, stamp, at]): Command =>
      ({ answers }) =>
        answers.putConsent({
          object,
          quoted: 'q',
          state,
          ...(stamp === null ? {} : { stamp: `${object} ${stamp}` }),
          at,
        }),
  ),
  fc.tuple(name, name).map(
    ([object, digest]): Command =>
      ({ answers }) =>
        answers.setTold(object, digest),
  ),
  name.map(
    (object): Command =>
      ({ answers }) =>
        answers.forgetObject(object),
  ),
);

export const accountCommand = fc.oneof(followingCommand, readingCommand, answerCommand);

/** All that is stored, by every way to it; what has no order is sorted. */
export async function seeAccount({ following, reading, answers }: Store): Promise<unknown> {
  const names = ['a', 'b', 'c', '__proto__'];
  const each = <Seen>(see: (id: string) => Promise<Seen>) => Promise.all(names.map(see));
  return {
    following: [await collect(following.all()), await each(following.get)],
    reading: [await reading.newest(99), await each(reading.get)],
    tallies: await each(answers.tally),
    inboxes: await each(async (poll) => (await answers.voterInboxes(poll)).toSorted()),
    votes: sorted(await collect(answers.votes())),
    consents: [sorted(await collect(answers.consents())), await each(answers.consent)],
    stamps: await each((id) => answers.consentByStamp(`${id} ${id}`)),
    told: await each(answers.told),
  };
}

function sorted(all: readonly object[]): string[] {
  return all.map((each) => JSON.stringify(Object.entries(each).toSorted())).toSorted();
}
