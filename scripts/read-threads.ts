import type { Settings } from '../build/settings.ts';
import type { InteractionCounts } from '../federation/interaction.ts';
import type { PollTally } from '../federation/question.ts';
import { buildThread, type Thread } from '../federation/thread.ts';
import type { Store } from '../server/store/store.ts';
import { lookIntoStore } from './store-file.ts';

/** What others said about the posts, by the ids of their objects, for the pages and objects of one build. */
export interface Heard {
  readonly threads: ReadonlyMap<string, Thread>;
  readonly counts: ReadonlyMap<string, InteractionCounts>;
  /** What was voted in the polls of the posts. */
  readonly tallies: ReadonlyMap<string, PollTally>;
  /** Why there is nothing, or not all, in words for the person who builds. */
  readonly warning?: string;
}

/** More than this is not kept in memory beside the site; the pages that it is missing from fetch it themselves. */
const MAX_ENTRIES = 50_000;

/**
 * Reads what is shown below posts from the store in the data folder. Without a store there is nothing.
 * Never fails: a page without its replies is better than no page, and fetches them when it is read.
 */
export async function readThreads(
  settings: Pick<Settings, 'dataFolder'>,
  { maxEntries = MAX_ENTRIES }: { readonly maxEntries?: number } = {},
): Promise<Heard> {
  const nothing = { threads: new Map(), counts: new Map(), tallies: new Map() };
  try {
    return (await lookIntoStore(settings, (store) => heardIn(store, maxEntries))) ?? nothing;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...nothing, warning: `The pages are built without their replies: ${reason}` };
  }
}

async function heardIn({ interactions, answers }: Store, maxEntries: number): Promise<Heard> {
  const targets: string[] = [];
  for await (const target of interactions.targets()) targets.push(target);
  const threads = new Map<string, Thread>();
  const counts = new Map<string, InteractionCounts>();
  let entries = 0;
  // The same ones every time, where they are too many.
  for (const target of targets.sort()) {
    counts.set(target, await interactions.counts(target));
    if (entries >= maxEntries) continue;
    const { items, authors } = await interactions.thread(target);
    entries += items.length;
    threads.set(target, buildThread(target, items, authors));
  }
  const tallies = await talliesIn(answers);
  const left = counts.size - threads.size;
  if (left === 0) return { threads, counts, tallies };
  return {
    threads,
    counts,
    tallies,
    warning: `The pages of ${left} posts are built without their replies, which are too many: they fetch them.`,
  };
}

async function talliesIn(answers: Store['answers']): Promise<Map<string, PollTally>> {
  const polls = new Set<string>();
  for await (const { poll } of answers.votes()) polls.add(poll);
  const tallies = new Map<string, PollTally>();
  for (const poll of [...polls].sort()) tallies.set(poll, await answers.tally(poll));
  return tallies;
}
