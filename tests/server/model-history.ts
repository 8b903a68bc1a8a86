import fc from 'fast-check';
import { RELEASABLE } from '../../federation/holds.ts';
import type { ModelFile } from './model-blog.ts';

/** What happens to a blog. A `pick` is any number: it chooses from what there is, so that every history makes sense. */
export type Step =
  | { readonly type: 'write'; readonly draft: Draft }
  | { readonly type: 'edit'; readonly pick: number; readonly edit: Edit }
  | { readonly type: 'rename'; readonly pick: number; readonly slug: string; readonly edit: Edit }
  | { readonly type: 'remove'; readonly pick: number; readonly count: number }
  | { readonly type: 'restore'; readonly pick: number }
  | { readonly type: 'profile'; readonly change: { readonly text: string; readonly username: string } }
  | { readonly type: 'wait'; readonly seconds: number }
  | { readonly type: 'follow' | 'unfollow'; readonly host: string }
  /** Does the nth deed, or takes it out again. */
  | { readonly type: 'deed'; readonly n: number; readonly inSeconds: number }
  | { readonly type: 'build'; readonly isBlind: boolean }
  | { readonly type: 'rollback'; readonly pick: number }
  | Publish
  | { readonly type: 'sweep'; readonly crash: CrashPoint | undefined }
  | { readonly type: 'deliver' };

/** A date as it is written at some step: seconds from then on. */
export interface ModelDate {
  readonly inSeconds: number;
  readonly dateOnly: boolean;
}

export interface Draft {
  readonly file: Omit<ModelFile, 'date' | 'dateOnly'>;
  readonly date: ModelDate;
}

export interface Edit {
  readonly change: Partial<ModelFile>;
  readonly date?: ModelDate;
}

export interface Publish {
  readonly type: 'publish';
  /** Built and put live first; the event may be lost as well, and what is live is published as it is. */
  readonly builds: boolean;
  readonly codes: readonly string[];
  /** Choose from what is held. */
  readonly picks: readonly number[];
  readonly sendNow: boolean;
  readonly crash: CrashPoint | undefined;
}

export interface CrashPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

const pick = fc.nat({ max: 99 });
const text = fc.constantFrom('x', 'y', 'z');
const slug = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');

/** Mostly today, seen from the step that writes it: also an import, a date that is past, and two that lie ahead. */
const date: fc.Arbitrary<ModelDate> = fc.record({
  inSeconds: fc.oneof(
    { weight: 6, arbitrary: fc.constant(-HOUR) },
    { weight: 1, arbitrary: fc.constantFrom(-300 * DAY, -3 * DAY) },
    { weight: 2, arbitrary: fc.constantFrom(6 * HOUR, 2 * DAY) },
  ),
  dateOnly: fc.constantFrom(false, false, true),
});
const federate: fc.Arbitrary<ModelFile['federate']> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(true) },
  { weight: 2, arbitrary: fc.constant('silent' as const) },
  { weight: 1, arbitrary: fc.constantFrom(false, 'update' as const) },
);
const visibility = fc.constantFrom('public' as const, 'public' as const, 'public' as const, 'unlisted' as const);

const draft: fc.Arbitrary<Draft> = fc
  .record({ slug, hasId: fc.boolean(), text, visibility, federate, date })
  .map(({ hasId, date: when, ...rest }) => ({
    file: { ...rest, title: `About ${rest.slug}`, ...(hasId ? { id: `${rest.slug}-id` } : {}) },
    date: when,
  }));

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ change: fc.record({ text }) }) },
  { weight: 1, arbitrary: fc.record({ change: fc.record({ title: text }) }) },
  { weight: 1, arbitrary: fc.record({ change: fc.record({ visibility, text }) }) },
  { weight: 2, arbitrary: fc.record({ change: fc.record({ federate, text }) }) },
  { weight: 2, arbitrary: fc.record({ change: fc.constant({}), date }) },
);

/** One in four dies half-way. */
const crash = fc.option(
  fc.record({
    call: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 25 })),
    when: fc.constantFrom('before' as const, 'after' as const),
  }),
  { freq: 3, nil: undefined },
);

const publish: fc.Arbitrary<Publish> = fc.record({
  type: fc.constant('publish'),
  builds: fc.constantFrom(true, true, true, false),
  codes: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant([...RELEASABLE]) },
    { weight: 2, arbitrary: fc.subarray([...RELEASABLE]) },
  ),
  picks: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(pick, { maxLength: 3 }) },
  ),
  sendNow: fc.constantFrom(false, false, false, true),
  crash,
});

const others: readonly (readonly [number, fc.Arbitrary<Step>])[] = [
  [9, fc.record({ type: fc.constant('write'), draft })],
  [7, fc.record({ type: fc.constant('edit'), pick, edit })],
  [3, fc.record({ type: fc.constant('rename'), pick, slug, edit: fc.oneof(fc.constant({ change: {} }), edit) })],
  [3, fc.record({ type: fc.constant('remove'), pick, count: fc.constantFrom(1, 1, 1, 4) })],
  [2, fc.record({ type: fc.constant('restore'), pick })],
  [
    1,
    fc.record({
      type: fc.constant('profile'),
      change: fc.record({ text, username: fc.constantFrom('ann', 'ann', 'ann', 'bob') }),
    }),
  ],
  [3, fc.record({ type: fc.constant('wait'), seconds: fc.constantFrom(0, 1, 700, HOUR, 7 * HOUR, DAY, 3 * DAY) })],
  [2, fc.record({ type: fc.constantFrom('follow', 'unfollow'), host: fc.constantFrom('x.example', 'y.example') })],
  [4, fc.record({ type: fc.constant('deed'), n: fc.nat(3), inSeconds: fc.constantFrom(-HOUR, -HOUR, 6 * HOUR) })],
  [3, fc.record({ type: fc.constant('build'), isBlind: fc.boolean() })],
  [1, fc.record({ type: fc.constant('rollback'), pick })],
  [6, fc.record({ type: fc.constant('sweep'), crash })],
  [3, fc.record({ type: fc.constant('deliver') })],
];

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 18, arbitrary: publish },
  ...others.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);

export interface History {
  readonly before: readonly Draft[];
  /** The deeds of the first build. */
  readonly deeds: readonly number[];
  readonly limits: { readonly creates: number; readonly updates: number; readonly deletes: number };
  readonly sendAfterMs: number;
  readonly steps: readonly Step[];
}

const limits = fc.record({
  creates: fc.constantFrom(1, 10),
  updates: fc.constantFrom(1, 20),
  deletes: fc.constantFrom(1, 5),
});

export const history: fc.Arbitrary<History> = fc.record({
  before: fc.uniqueArray(draft, { selector: ({ file }) => file.slug, maxLength: 8, size: 'max' }),
  deeds: fc.subarray([0, 1, 2, 3]),
  limits,
  sendAfterMs: fc.constantFrom(0, 0, 0, 0, 600_000, 2 * DAY * 1000),
  steps: fc.array(step, { minLength: 12, maxLength: 50, size: 'max' }),
});
