import type { Author, Interaction, InteractionContent, InteractionCounts } from './interaction.ts';

/** All that is shown at one post, in the order in which a page has it. */
export interface Thread {
  /** The id of the post of ours. */
  readonly target: string;
  readonly replies: readonly ThreadEntry[];
  readonly quotes: readonly ThreadEntry[];
  /** Who liked it without an emoji, oldest first. */
  readonly likes: readonly Author[];
  /** Likes that are emoji, the most frequent first. */
  readonly reactions: readonly ReactionGroup[];
  /** Oldest first. */
  readonly boosts: readonly Author[];
  /** Of what stands here; reactions are likes. */
  readonly counts: InteractionCounts;
}

/** A reply or quote with what answers it. */
export interface ThreadEntry {
  readonly id: string;
  readonly author: Author;
  readonly content: InteractionContent;
  /** What it answers, where the page does not show it by nesting. */
  readonly answers?: { readonly id: string; readonly author: Author };
  readonly replies: readonly ThreadEntry[];
  /** The blog itself says it: see `withOwnReplies`. */
  readonly isOwn?: true;
}

export interface ReactionGroup {
  readonly emoji: NonNullable<Interaction['emoji']>;
  /** Oldest first. */
  readonly authors: readonly Author[];
}

/** How deep replies are nested; what is deeper stands beside what it answers. */
export const MAX_NESTING = 6;

/**
 * Puts what is shown at one post in order: each reply below what it answers, at most `MAX_NESTING` levels deep, oldest
 * first by date and then by id; quotes with their replies; who liked and boosted.
 *
 * Every shown interaction of `target` that has content stands in it exactly once, unless something above it is held,
 * hidden or removed: then it is left out. What answers something that is not among `items` stands at the top, as do
 * circles. Takes the items in any order and any number; never fails, and its stack does not grow with theirs.
 */
export function buildThread(target: string, items: readonly Interaction[], authors: readonly Author[]): Thread {
  const known = new Map(authors.map((author) => [author.actor, author]));
  const authorOf = (item: Interaction): Author => known.get(item.actor) ?? unknownAuthor(item);
  const own = [...new Map(items.filter((item) => item.target === target).map((item) => [item.id, item])).values()];
  const shown = own.filter(({ state }) => state === 'shown');
  const by = (kind: Interaction['kind']): Interaction[] => shown.filter((item) => item.kind === kind).sort(byReceipt);
  const likes = by('like');
  const boosts = by('boost');
  const { replies, quotes, placed } = placeEntries(own.flatMap((item) => nodeOf(item, authorOf)));
  return {
    target,
    replies,
    quotes,
    likes: likes.filter(({ emoji }) => emoji === undefined).map(authorOf),
    reactions: groupReactions(likes, authorOf),
    boosts: boosts.map(authorOf),
    counts: { replies: placed - quotes.length, quotes: quotes.length, likes: likes.length, boosts: boosts.length },
  };
}

/** An entry while the tree is made. */
interface Node extends ThreadEntry {
  readonly isQuote: boolean;
  readonly isShown: boolean;
  readonly parent: string | undefined;
  readonly time: number;
  answers?: { readonly id: string; readonly author: Author };
  readonly replies: Node[];
  /** 0 until it has a place. */
  level: number;
  /** The list it stands in. */
  list: Node[] | undefined;
  isDone: boolean;
}

/** A mention that came before what it answers was known is moved into the thread, and is a reply there. */
function nodeOf(item: Interaction, authorOf: (item: Interaction) => Author): Node[] {
  const { id, kind, content, inReplyTo, state } = item;
  if (kind === 'like' || kind === 'boost') return [];
  const isShown = state === 'shown';
  if (isShown && content === undefined) return [];
  return [
    {
      id,
      author: authorOf(item),
      content: content ?? NO_CONTENT,
      isQuote: kind === 'quote',
      isShown,
      parent: kind === 'quote' ? undefined : inReplyTo,
      time: Date.parse(content?.published ?? item.at) || 0,
      replies: [],
      level: 0,
      list: undefined,
      isDone: false,
    },
  ];
}

/** Of what is not shown: never written. */
const NO_CONTENT: InteractionContent = {
  text: [],
  sensitive: false,
  published: '',
  url: '',
  emojis: [],
  attachments: [],
};

interface Places {
  readonly replies: ThreadEntry[];
  readonly quotes: ThreadEntry[];
  readonly placed: number;
}

function placeEntries(nodes: Node[]): Places {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map<string, Node[]>();
  for (const node of nodes) {
    if (node.parent === undefined || !byId.has(node.parent)) continue;
    const siblings = children.get(node.parent);
    if (siblings === undefined) children.set(node.parent, [node]);
    else siblings.push(node);
  }
  const replies: Node[] = [];
  const quotes: Node[] = [];
  for (const node of nodes) if (!node.isShown) leaveOut(node, children);
  const placeTop = (node: Node): void => placeBelow(node, node.isQuote ? quotes : replies, children);
  nodes.sort(byDate);
  for (const node of nodes) if (!node.isDone && !byId.has(node.parent ?? '')) placeTop(node);
  // What is left hangs on a circle, which only a hostile server makes.
  for (const node of nodes) if (!node.isDone) placeTop(onCircle(node, byId));
  const placed = nodes.filter(({ list }) => list !== undefined);
  for (const list of new Set([replies, quotes, ...placed.map((node) => node.replies)])) list.sort(byDate);
  return { replies, quotes, placed: placed.length };
}

function leaveOut(top: Node, children: ReadonlyMap<string, readonly Node[]>): void {
  const pending = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.isDone) continue;
    node.isDone = true;
    for (const child of children.get(node.id) ?? []) pending.push(child);
  }
}

function placeBelow(top: Node, list: Node[], children: ReadonlyMap<string, readonly Node[]>): void {
  put(top, list, 1);
  const pending = [top];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const child of children.get(node.id) ?? []) {
      if (child.isDone) continue;
      const isDeepest = node.level === MAX_NESTING;
      if (isDeepest) child.answers = { id: node.id, author: node.author };
      put(child, isDeepest && node.list ? node.list : node.replies, Math.min(node.level + 1, MAX_NESTING));
      pending.push(child);
    }
  }
}

function put(node: Node, list: Node[], level: number): void {
  node.isDone = true;
  node.level = level;
  node.list = list;
  list.push(node);
}

/** Follows what a node answers until it comes by for the second time. */
function onCircle(from: Node, byId: ReadonlyMap<string, Node>): Node {
  const seen = new Set<Node>();
  let at = from;
  while (!seen.has(at)) {
    seen.add(at);
    at = byId.get(at.parent ?? '') ?? at;
  }
  return at;
}

function groupReactions(likes: readonly Interaction[], authorOf: (item: Interaction) => Author): ReactionGroup[] {
  const groups = new Map<string, { emoji: NonNullable<Interaction['emoji']>; authors: Author[] }>();
  for (const like of likes) {
    if (like.emoji === undefined) continue;
    const key = `${like.emoji.text} ${like.emoji.icon ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { emoji: like.emoji, authors: [authorOf(like)] });
    else group.authors.push(authorOf(like));
  }
  return [...groups.values()].sort(
    (a, b) => b.authors.length - a.authors.length || compare(a.emoji.text, b.emoji.text),
  );
}

/** Nothing is known of who said it: the address stands for the name. */
function unknownAuthor({ actor, at }: Interaction): Author {
  const host = URL.canParse(actor) ? new URL(actor).host : '';
  return { actor, handle: host || actor, url: actor, emojis: [], at };
}

/** Gives the ids of all that a thread shows as words. Never fails. */
export function* idsIn({ replies, quotes }: Pick<Thread, 'replies' | 'quotes'>): Generator<string> {
  const pending: ThreadEntry[] = [...replies, ...quotes];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    yield at.id;
    pending.push(...at.replies);
  }
}

/** Compares two entries of a thread: oldest first by date and then by id. Never fails. */
export function earlierFirst(a: ThreadEntry, b: ThreadEntry): number {
  const byTime = (Date.parse(a.content.published) || 0) - (Date.parse(b.content.published) || 0);
  return byTime || compare(a.id, b.id);
}

function byDate(a: Node, b: Node): number {
  return a.time - b.time || compare(a.id, b.id);
}

function byReceipt(a: Interaction, b: Interaction): number {
  return (Date.parse(a.at) || 0) - (Date.parse(b.at) || 0) || compare(a.id, b.id);
}

/** By code units: the same on every machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
