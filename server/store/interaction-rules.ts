import { isDeepStrictEqual } from 'node:util';
import {
  type Author,
  type Interaction,
  type InteractionKind,
  type InteractionState,
  isHiddenWithParent,
  PARENT_NOT_SHOWN,
  WORD,
} from '../../federation/interaction.ts';
import type { InteractionReference } from '../../federation/outcome.ts';
import { MAX_THREAD_CONTENT } from './interaction-store.ts';

/** An interaction and whether the owner's word made it shown. */
export interface KeptInteraction {
  readonly interaction: Interaction;
  readonly isApproved: boolean;
}

/** What an adapter does with its rows, within one step that nothing else interrupts. */
export interface InteractionTable {
  get(id: string): KeptInteraction | undefined;
  /** What an actor did of one kind at one target, oldest first. */
  done(actor: string, target: string, kind: InteractionKind): KeptInteraction[];
  /** The ids of what answers an id, oldest first: a stranger decides how many there are, and how long. */
  answers(id: string): string[];
  /** Of them the ids of mentions, at most `limit`. */
  mentions(id: string, limit: number): string[];
  /** Adds at the end, or replaces by id in its place. */
  save(kept: KeptInteraction): void;
  drop(id: string): void;
}

/** How many mentions move into a thread at once: as many as a page shows. A stranger decides how many there are. */
export const MAX_MOVED = 500;

const ONCE_PER_TARGET: ReadonlySet<InteractionKind> = new Set(['like', 'boost']);
const IN_THREAD: ReadonlySet<InteractionKind> = new Set(['reply', 'quote']);

/** `put` of an InteractionStore, but for the author. */
export function putInteraction(table: InteractionTable, given: Interaction): 'added' | 'updated' | 'ignored' {
  const known = table.get(given.id);
  if (known && !isSameThing(known.interaction, given)) return 'ignored';
  const placed = inThread(table, known ? inPlaceOf(known, given) : given);
  const { actor, target, kind } = placed;
  const former = ONCE_PER_TARGET.has(kind)
    ? table.done(actor, target, kind).filter(({ interaction: { id } }) => id !== given.id)
    : [];
  if (former.some(({ interaction: { state } }) => state === 'removed')) return 'ignored';
  const kept = judgedBefore(known ?? former[0], placed);
  table.save(kept);
  // Dropped after the new one is there, so that the author and the pictures both name stay.
  for (const { interaction } of former) table.drop(interaction.id);
  if (IN_THREAD.has(kind)) moveAnswers(table, kept.interaction);
  return known ? 'updated' : 'added';
}

/** What was said does not become a like: that is not asked what it says, and the next reply would be no first one. */
function isSameThing({ actor, kind, state }: Interaction, given: Interaction): boolean {
  return actor === given.actor && state !== 'removed' && ONCE_PER_TARGET.has(kind) === ONCE_PER_TARGET.has(given.kind);
}

/** What is put again stays where it is. Its kind goes with its target. */
function inPlaceOf({ interaction: { at, target, kind } }: KeptInteraction, given: Interaction): Interaction {
  return { ...given, at, target, kind };
}

/** A mention whose parent came while it was decided, or that is edited to answer what is there, belongs into the parent's thread at once. */
function inThread(table: InteractionTable, given: Interaction): Interaction {
  if (given.kind !== 'mention' || given.inReplyTo === undefined) return given;
  const parent = table.get(given.inReplyTo)?.interaction;
  return parent && IN_THREAD.has(parent.kind) ? answering(parent, { interaction: given, isApproved: false }) : given;
}

/** Applies what the owner decided before about what is replaced; what was approved is the text, not what it is edited to. */
function judgedBefore(known: KeptInteraction | undefined, given: Interaction): KeptInteraction {
  if (known === undefined || bringsWord(known.interaction, given)) return { interaction: given, isApproved: false };
  const { isApproved, interaction } = known;
  const { state, reason } = isApproved || interaction.state === 'hidden' ? interaction : given;
  return { interaction: withState(given, state, reason), isApproved };
}

/** Whether other text than what is shown, or was until its parent was hidden, is held for a word. Likes have none. */
function bringsWord(known: Interaction, given: Interaction): boolean {
  const isOpen = known.state !== 'hidden' || isHiddenWithParent(known);
  const isHeld = given.state === 'held' && given.reason === WORD;
  return isOpen && isHeld && !isDeepStrictEqual(known.content, given.content);
}

/** Mentions that answer `parent` become replies in its thread, and those that answer them, level by level. */
function moveAnswers(table: InteractionTable, parent: Interaction): void {
  const parents = [parent];
  let moved = 0;
  for (let next = parents.shift(); next; next = parents.shift()) {
    for (const id of table.mentions(next.id, MAX_MOVED - moved)) {
      const kept = table.get(id);
      if (kept === undefined) continue;
      const interaction = answering(next, kept);
      table.save({ ...kept, interaction });
      parents.push(interaction);
      moved += 1;
    }
  }
}

/**
 * As `putInteraction` does for what answers `id`, but below what moved before, too: for an adapter that moves in several steps
 * and may have been cut short, or overtaken, between them.
 */
export function gatherAnswers(table: InteractionTable, id: string): void {
  const parent = table.get(id)?.interaction;
  if (parent === undefined || !IN_THREAD.has(parent.kind)) return;
  const parents = [parent];
  const met = new Set([id]);
  let moved = 0;
  // A list goes on with what is added on the way.
  for (const next of parents) {
    for (const answer of table.answers(next.id)) {
      const kept = met.has(answer) ? undefined : table.get(answer);
      met.add(answer);
      if (kept === undefined) continue;
      if (IN_THREAD.has(kept.interaction.kind)) {
        parents.push(kept.interaction);
      } else if (kept.interaction.kind === 'mention' && moved < MAX_MOVED) {
        const interaction = answering(next, kept);
        table.save({ ...kept, interaction });
        parents.push(interaction);
        moved += 1;
      }
    }
  }
}

/** A mention as a reply in the thread of its parent; while the parent is not shown, neither is it. */
function answering(parent: Interaction, { interaction, isApproved }: KeptInteraction): Interaction {
  const moved: Interaction = { ...interaction, kind: 'reply', target: parent.target };
  const isOrphan = parent.state !== 'shown' && moved.state === 'shown' && !isApproved;
  return isOrphan ? withState(moved, 'held', PARENT_NOT_SHOWN) : moved;
}

/** `setState` of an InteractionStore. */
export function decideState(table: InteractionTable, id: string, state: InteractionState, reason?: string): string[] {
  const decided = table.get(id);
  // What was removed has nothing left that could be shown.
  if (decided === undefined || decided.interaction.state === 'removed') return [];
  const isAsWanted = decided.interaction.state === state && decided.interaction.reason === reason;
  const isApproved = state === 'shown';
  if (!isAsWanted || decided.isApproved !== isApproved)
    table.save({ interaction: withState(decided.interaction, state, reason), isApproved });
  return [...(isAsWanted ? [] : [id]), ...decideAnswers(table, id, state, reason)];
}

/** What a decision does to the answers; gives the ids of those that it changed. */
function decideAnswers(table: InteractionTable, id: string, state: InteractionState, reason?: string): string[] {
  switch (state) {
    case 'shown':
      return showAnswers(table, id);
    case 'held':
      return [];
    case 'hidden':
      return answersBelow(table, id).filter((each) => hideWithParent(table, each));
    case 'removed':
      return answersBelow(table, id).filter((each) => remove(table, each, reason));
    default:
      return state satisfies never;
  }
}

/** What waits for the owner goes on waiting: nobody sees it, and what it waits for would be forgotten. */
function hideWithParent(table: InteractionTable, id: string): boolean {
  const kept = table.get(id);
  if (kept?.interaction.state !== 'shown') return false;
  table.save({ ...kept, interaction: withState(kept.interaction, 'hidden', PARENT_NOT_SHOWN) });
  return true;
}

function remove(table: InteractionTable, id: string, reason: string | undefined): boolean {
  const kept = table.get(id);
  if (kept === undefined || kept.interaction.state === 'removed') return false;
  table.save({ interaction: withState(kept.interaction, 'removed', reason), isApproved: false });
  return true;
}

/** Shows what was hidden with `id`, and what was hidden with that. Below what stays hidden or held, all stays hidden. */
function showAnswers(table: InteractionTable, id: string): string[] {
  const shown = [id];
  // A list goes on with what is added on the way.
  for (const each of shown) {
    for (const answer of table.answers(each)) {
      const kept = table.get(answer);
      if (kept === undefined || !isHiddenWithParent(kept.interaction)) continue;
      table.save({ ...kept, interaction: withState(kept.interaction, 'shown', undefined) });
      shown.push(answer);
    }
  }
  return shown.slice(1);
}

/** All that answers an id, those that answer them, and so on; each once, however they answer each other. */
function answersBelow(table: InteractionTable, id: string): string[] {
  const met = new Set([id]);
  // A Set goes on with what is added on the way.
  for (const each of met) for (const answer of table.answers(each)) met.add(answer);
  return [...met].slice(1);
}

function withState(interaction: Interaction, state: InteractionState, reason: string | undefined): Interaction {
  const { reason: _, content, emoji, ...rest } = interaction;
  const why = reason === undefined ? {} : { reason };
  if (state === 'removed') return { ...rest, state, ...why };
  return { ...rest, state, ...why, ...(content ? { content } : {}), ...(emoji ? { emoji } : {}) };
}

/** Those of a thread, oldest first, whose content fits together: one that is too long for what is left is passed over. */
export function withinContent<T>(items: readonly T[], lengthOf: (item: T) => number): T[] {
  let room = MAX_THREAD_CONTENT;
  return items.filter((item) => {
    const length = lengthOf(item);
    if (length > room) return false;
    room -= length;
    return true;
  });
}

/** Whether an author took this back. What the owner removed stays known, so that it does not come back. */
export function isMeant(of: InteractionReference, { id, actor, target, kind, state }: Interaction): boolean {
  if (state === 'removed' || actor !== of.actor) return false;
  return 'id' in of ? id === of.id : target === of.target && kind === of.kind;
}

/** The pictures that an interaction names. */
export function picturesOf({ content, emoji }: Interaction): string[] {
  const icons = (content?.emojis ?? []).map(({ icon }) => icon);
  return [...new Set(emoji?.icon === undefined ? icons : [...icons, emoji.icon])];
}

/** The pictures that an author names. */
export function picturesOfAuthor({ avatar, emojis }: Author): string[] {
  const icons = emojis.map(({ icon }) => icon);
  return [...new Set(avatar === undefined ? icons : [avatar, ...icons])];
}
