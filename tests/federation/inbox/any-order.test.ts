import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../federation/inbox/activity.ts';
import { decide } from '../../../federation/inbox/decide.ts';
import type { Interaction } from '../../../federation/interaction.ts';
import { type Effect, type Follower, undoneMark } from '../../../federation/outcome.ts';
import { type JsonObject, PUBLIC } from '../../../federation/vocabulary.ts';
import { ANN, activityOf, BLOG, contextOf, noteOf, POST, rulesOf } from './world.ts';

/** As little of a store as decisions need: what the contract of `Store` says of `put`, and no more. */
class ModelStore {
  readonly interactions = new Map<string, Interaction>();
  readonly marks = new Set<string>();
  readonly messages = new Set<string>();
  readonly stamps = new Set<string>();
  follower: Follower | undefined;
  #now = Date.parse('2026-11-23T12:00:00Z');

  receive(activity: Activity, rules = rulesOf({ messageKey: { kty: 'OKP' } })): void {
    this.#now += 1_000;
    const subject = activity.type === 'QuoteRequest' ? activity.instrument : activity.object;
    const isMarked = (id: string | undefined) => id !== undefined && this.marks.has(undoneMark(ANN, id));
    const outcome = decide(
      activity,
      contextOf({
        rules,
        now: new Date(this.#now).toISOString(),
        existing: [...this.interactions.values()].find(
          ({ id, activity: by }) => id === subject?.id || by === subject?.id,
        ),
        isUndone: isMarked(activity.id) || isMarked(subject?.id),
        follower: this.follower,
      }),
    );
    if (outcome.kind === 'accepted') for (const effect of outcome.effects) this.#apply(effect);
  }

  #apply(effect: Effect): void {
    if (effect.type === 'store-interaction') this.#put(effect.interaction);
    if (effect.type === 'remove-interaction') {
      const { of } = effect;
      for (const each of [...this.interactions.values()]) {
        const isMeant = 'id' in of ? each.id === of.id : each.target === of.target && each.kind === of.kind;
        if (isMeant && each.actor === of.actor) this.interactions.delete(each.id);
      }
    }
    if (effect.type === 'mark') this.marks.add(effect.mark);
    if (effect.type === 'store-message') this.messages.add(effect.message.id);
    if (effect.type === 'remove-message') this.messages.delete(effect.id);
    if (effect.type === 'store-stamp') this.stamps.add(effect.stamp.id);
  }

  #put(interaction: Interaction): void {
    const known = this.interactions.get(interaction.id);
    if (interaction.kind === 'like' || interaction.kind === 'boost') {
      for (const { id, kind } of [...this.interactions.values()])
        if (kind === interaction.kind) this.interactions.delete(id);
    }
    const { at, target, kind } = known ?? interaction;
    this.interactions.set(interaction.id, { ...interaction, at, target, kind });
  }

  /** What a reader sees, and what is kept: but for when it came and what brought it. */
  state(): unknown {
    const interactions = [...this.interactions.values()]
      .map(({ at: _at, activity: _activity, ...rest }) => rest)
      .sort((left, right) => (left.id < right.id ? -1 : 1));
    return { interactions, messages: [...this.messages].sort(), stamps: [...this.stamps].sort() };
  }
}

const at = (hour: number): string => `2026-11-23T0${hour}:00:00.000Z`;
const url = (name: string): string => `https://peer.test/${name}`;

function note(id: string, members: JsonObject): JsonObject {
  return noteOf({ id: url(id), published: at(1), ...members });
}

function act(id: string, members: JsonObject): Activity {
  return activityOf({ id: url(id), ...members });
}

const like = { id: url('like'), type: 'Like', actor: ANN, object: POST };
const boost = { id: url('boost'), type: 'Announce', actor: ANN, object: POST, to: PUBLIC };
const first = note('note', { inReplyTo: POST, content: 'first' });
const second = note('note', { inReplyTo: POST, content: 'second', updated: at(2) });
const third = note('note', { inReplyTo: POST, content: 'third', updated: at(3) });
const quote = note('quote', { quote: POST });
const letter = note('letter', { to: BLOG.actor });

const STORIES: readonly [string, readonly Activity[]][] = [
  ['Like', [act('like', like)]],
  ['Like and Undo', [act('like', like), act('undo', { type: 'Undo', object: like })]],
  ['Like and Undo by its id', [act('like', like), act('undo', { type: 'Undo', object: url('like') })]],
  ['Announce and Undo', [act('boost', boost), act('undo', { type: 'Undo', object: boost })]],
  [
    'Create and two edits',
    [
      act('create', { type: 'Create', object: first }),
      act('edit-1', { type: 'Update', object: second }),
      act('edit-2', { type: 'Update', object: third }),
    ],
  ],
  [
    'Create, edit and Delete',
    [
      act('create', { type: 'Create', object: first }),
      act('edit-1', { type: 'Update', object: second }),
      act('delete', { type: 'Delete', object: { id: url('note'), type: 'Tombstone' } }),
    ],
  ],
  [
    'Create of a quote and its request',
    [
      act('create-quote', { type: 'Create', object: quote }),
      act('ask', { type: 'QuoteRequest', object: POST, instrument: quote }),
    ],
  ],
  [
    'message and Delete',
    [
      act('create-letter', { type: 'Create', object: letter }),
      act('delete-letter', { type: 'Delete', object: url('letter') }),
    ],
  ],
];

const EVERYTHING = STORIES.flatMap(([, story]) => story);

function stateAfter(activities: readonly Activity[], rules?: Parameters<ModelStore['receive']>[1]): unknown {
  const store = new ModelStore();
  for (const activity of activities) store.receive(activity, rules);
  return store.state();
}

/** Every activity at least once, some more often, in any order. */
function anyOrder(story: readonly Activity[]): fc.Arbitrary<Activity[]> {
  const repeats = fc.array(fc.constantFrom(...story), { maxLength: 4 });
  return repeats.chain((again) => {
    const all = [...story, ...again];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });
}

describe('activities in any order, some of them more than once', () => {
  it.each(STORIES)('%s → the same in the end', (_name, story) => {
    const expected = stateAfter(story);
    fc.assert(
      fc.property(anyOrder(story), (activities) => {
        expect(stateAfter(activities)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('a quote and its request, when the owner is asked → waits for consent', () => {
    const ask = rulesOf({ quotes: 'ask' });
    const story = STORIES.find(([name]) => name.includes('request'))?.[1] ?? [];
    fc.assert(
      fc.property(anyOrder(story), (activities) => {
        const asked = { id: url('quote'), state: 'held', reason: 'asks' };
        expect(stateAfter(activities, ask)).toMatchObject({ interactions: [asked] });
      }),
      { numRuns: 100 },
    );
  });

  it('all of it at once → what was taken back is gone, the rest is as it was last', () => {
    fc.assert(
      fc.property(anyOrder(EVERYTHING), (activities) => {
        expect(stateAfter(activities)).toMatchObject({ interactions: [{ id: url('quote') }], messages: [] });
      }),
      { numRuns: 200 },
    );
  });

  it('is no empty promise: each story but those that end in nothing leaves something', () => {
    expect(stateAfter(STORIES[0]?.[1] ?? [])).toMatchObject({ interactions: [{ kind: 'like' }] });
    expect(stateAfter(STORIES[4]?.[1] ?? [])).toMatchObject({ interactions: [{ content: { text: ['third'] } }] });
  });
});
