import { isDeepStrictEqual } from 'node:util';
import {
  type Author,
  INTERACTION_KINDS,
  INTERACTION_STATES,
  type Interaction,
  type InteractionKind,
  isSaid,
} from '../../federation/interaction.ts';
import {
  decideState,
  type InteractionTable,
  isMeant,
  type KeptInteraction,
  putInteraction,
  withinContent,
} from './interaction-rules.ts';
import { type InteractionStore, MAX_THREAD } from './interaction-store.ts';
import { placeOf, timeOf } from './stored-order.ts';

/** An interaction and its place in the order. */
export interface InteractionEntry extends KeptInteraction {
  readonly seq: number;
}

/** What was said, in memory, and by whom. A Map keeps a replaced entry in its place, so entries are in order. */
export interface MemoryInteractions {
  readonly entries: Map<string, InteractionEntry>;
  readonly authors: Map<string, Author>;
}

/** Of one that is taken elsewhere, what is put as it was. */
export interface RestoredInteractions extends InteractionStore {
  restore(kept: KeptInteraction, author: Author): void;
}

export function memoryInteractions({ entries, authors }: MemoryInteractions): RestoredInteractions {
  const versions = new Map<string, number>();
  const countUp = (...changed: readonly (Interaction | undefined)[]): void => {
    const shown = changed.flatMap((each) => (each?.state === 'shown' ? [each.target] : []));
    for (const target of new Set(shown)) versions.set(target, (versions.get(target) ?? 0) + 1);
  };
  const table = tableOf(entries, countUp);
  const putAuthor = (author: Author): boolean => {
    const said = [...entries.values()]
      .map(({ interaction }) => interaction)
      .filter((each) => each.actor === author.actor);
    if (said.length === 0) return false;
    const known = authors.get(author.actor);
    if (known && timeOf(author.at) < timeOf(known.at)) return true;
    authors.set(author.actor, structuredClone(author));
    if (known && !isDeepStrictEqual({ ...known, at: '' }, { ...author, at: '' })) countUp(...said);
    return true;
  };
  /** Drops what matches, and authors of whom nothing is left. */
  const dropWhere = (matches: (interaction: Interaction) => boolean): number => {
    const doomed = [...entries.values()].filter(({ interaction }) => matches(interaction));
    for (const { interaction } of doomed) table.drop(interaction.id);
    const left = new Set([...entries.values()].map(({ interaction }) => interaction.actor));
    for (const actor of authors.keys()) if (!left.has(actor)) authors.delete(actor);
    return doomed.length;
  };

  return {
    put: async (interaction, author) => {
      const result = putInteraction(table, structuredClone(interaction));
      if (result !== 'ignored') putAuthor(author);
      return result;
    },
    restore: (kept, author) => {
      table.save(structuredClone(kept));
      putAuthor(author);
    },
    remove: async (of) => dropWhere((interaction) => isMeant(of, interaction)),
    setState: async (id, state, reason) => decideState(table, id, state, reason),
    putAuthor: async (author) => putAuthor(author),
    forgetActor: async (actor) => dropWhere((interaction) => interaction.actor === actor),
    prune: async (before) =>
      dropWhere((each) => isSaid(each) && each.state !== 'removed' && timeOf(each.at) < timeOf(before)),
    forgetTarget: async (target) => dropWhere((interaction) => interaction.target === target),
    version: async (target) => versions.get(target) ?? 0,
    ...looks({ entries, authors }),
    ...looksAtActors({ entries, authors }),
  };
}

let lastSeq = 0;

type CountUp = (...changed: readonly (Interaction | undefined)[]) => void;

/** Tells `countUp` what each entry was and what it is. */
function tableOf(entries: Map<string, InteractionEntry>, countUp: CountUp): InteractionTable {
  const where = (matches: (interaction: Interaction) => boolean): InteractionEntry[] =>
    [...entries.values()].filter(({ interaction }) => matches(interaction));
  return {
    get: (id) => entries.get(id),
    done: (actor, target, kind) =>
      where((each) => each.actor === actor && each.target === target && each.kind === kind),
    answers: (id) => where(({ inReplyTo }) => inReplyTo === id).map(({ interaction }) => interaction.id),
    mentions: (id, limit) =>
      where(({ inReplyTo, kind }) => inReplyTo === id && kind === 'mention')
        .slice(0, limit)
        .map(({ interaction }) => interaction.id),
    save: (kept) => {
      const { id } = kept.interaction;
      const known = entries.get(id);
      entries.set(id, { ...kept, seq: known?.seq ?? ++lastSeq });
      countUp(known?.interaction, kept.interaction);
    },
    drop: (id) => {
      countUp(entries.get(id)?.interaction);
      entries.delete(id);
    },
  };
}

/** What is read of interactions that are in memory, in their order. */
export function looks({
  entries,
  authors,
}: MemoryInteractions): Pick<InteractionStore, 'get' | 'page' | 'thread' | 'list' | 'counts' | 'targets'> {
  const all = (): InteractionEntry[] => [...entries.values()];
  const shownAt = (target: string): InteractionEntry[] =>
    all().filter(({ interaction }) => interaction.state === 'shown' && interaction.target === target);
  const authorsOf = (items: readonly Interaction[]): Author[] =>
    [...new Set(items.map(({ actor }) => actor))].flatMap((actor) => structuredClone(authors.get(actor)) ?? []);

  return {
    get: async (id) => structuredClone(entries.get(id)?.interaction),
    page: async ({ target, kinds, limit, after }) => {
      const bound = after === undefined ? 0 : (placeOf(after) ?? Number.POSITIVE_INFINITY);
      return pageOf(
        shownAt(target).filter(({ seq, interaction }) => seq > bound && kinds.includes(interaction.kind)),
        limit,
      );
    },
    thread: async (target) => {
      const shown = shownAt(target).map(({ interaction }) => interaction);
      const kept = new Set(
        INTERACTION_KINDS.flatMap((kind) => shown.filter((each) => each.kind === kind).slice(0, MAX_THREAD)),
      );
      const items = structuredClone(
        withinContent(
          shown.filter((each) => kept.has(each)),
          ({ content }) => (content === undefined ? 0 : JSON.stringify(content).length),
        ),
      );
      return { items, authors: authorsOf(items) };
    },
    list: async ({ states = INTERACTION_STATES, kinds = INTERACTION_KINDS, target, limit, before }) => {
      const bound = before === undefined ? Number.POSITIVE_INFINITY : (placeOf(before) ?? 0);
      const isWanted = ({ seq, interaction }: InteractionEntry): boolean =>
        seq < bound &&
        states.includes(interaction.state) &&
        kinds.includes(interaction.kind) &&
        (target === undefined || interaction.target === target);
      const page = pageOf(all().filter(isWanted).reverse(), limit);
      return { ...page, authors: authorsOf(page.items) };
    },
    counts: async (target) => {
      const shown = shownAt(target);
      const of = (kind: InteractionKind): number => shown.filter(({ interaction }) => interaction.kind === kind).length;
      return { replies: of('reply'), quotes: of('quote'), likes: of('like'), boosts: of('boost') };
    },
    targets: async function* () {
      const shown = all().filter(({ interaction }) => interaction.state === 'shown');
      yield* new Set(shown.map(({ interaction }) => interaction.target));
    },
  };
}

function looksAtActors({
  entries,
  authors,
}: MemoryInteractions): Pick<InteractionStore, 'find' | 'author' | 'authors' | 'wasShown' | 'countSince'> {
  const by = (actor: string): Interaction[] =>
    [...entries.values()].map(({ interaction }) => interaction).filter((each) => each.actor === actor);
  return {
    find: async (actor, id) =>
      structuredClone(by(actor).find((each) => each.id === id) ?? by(actor).find(({ activity }) => activity === id)),
    author: async (actor) => structuredClone(authors.get(actor)),
    authors: async function* () {
      for (const author of authors.values()) yield structuredClone(author);
    },
    wasShown: async (actor) => by(actor).some((each) => each.state === 'shown' && isSaid(each)),
    countSince: async (actor, since) => by(actor).filter(({ at }) => timeOf(at) >= timeOf(since)).length,
  };
}

function pageOf(entries: readonly InteractionEntry[], limit: number): { items: Interaction[]; cursor?: string } {
  const shown = entries.slice(0, limit);
  const items = structuredClone(shown.map(({ interaction }) => interaction));
  const end = shown.at(-1);
  return entries.length > limit && end ? { items, cursor: String(end.seq) } : { items };
}
