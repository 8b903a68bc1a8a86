import { createHash } from 'node:crypto';
import { nearestName } from '../build/front-matter-keys.ts';
import { PosternError } from '../server/errors.ts';
import type { OwnerAccess, RepliesOptions, ReplyView } from '../server/owner-access.ts';
import { printable, quoted } from './printable.ts';

/** How many letters a short name has at least: of 5,000 replies two share six of them in one list of two. */
const SHORT = 6;
const SHORTEST_TYPED = 4;
const PAGE = 200;
/** As far back as a name is looked for. */
const MOST_LOOKED_AT = 20_000;

/** The name by which something with a long id is called on a terminal: the same for ever, for it is made of the id. */
export function shortName(id: string, length = SHORT): string {
  return createHash('sha256').update(id).digest('hex').slice(0, length);
}

/** Lists replies page by page, newest first, at most `limit`. */
export async function listReplies(
  owner: Pick<OwnerAccess, 'replies'>,
  { limit, states }: Pick<RepliesOptions, 'limit' | 'states'>,
): Promise<{ items: ReplyView[]; more: boolean }> {
  const items: ReplyView[] = [];
  for (let before: string | undefined; ; ) {
    const wanted = Math.min(PAGE, limit - items.length);
    const page = await owner.replies({ limit: wanted, ...(states ? { states } : {}), ...(before ? { before } : {}) });
    items.push(...page.items);
    if (page.cursor === undefined || items.length >= limit) return { items, more: page.cursor !== undefined };
    before = page.cursor;
  }
}

/** What can be called by a short name. */
export interface Named {
  readonly id: string;
  readonly url?: string;
}

/**
 * Finds what `name` calls: by short name or more of its letters, id or page. Throws `unknown-reply` with what is nearest, or
 * `ambiguous-reply` with those that it may be.
 */
export function findNamed<T extends Named>(all: readonly T[], name: string, what: string): T {
  const typed = name.trim().replace(/^#/, '');
  const exact = all.find(({ id, url }) => id === typed || url === typed);
  if (exact) return exact;
  const isShort = typed.length >= SHORTEST_TYPED && /^[0-9a-f]+$/i.test(typed);
  const found = isShort ? all.filter(({ id }) => shortName(id, 64).startsWith(typed.toLowerCase())) : [];
  const [first, ...others] = found;
  if (first === undefined) throw unknown(all, typed, what);
  if (others.length === 0) return first;
  const list = found.map(({ id }) => `  ${shortName(id, 12)}  ${printable(id)}`).join('\n');
  throw new PosternError('ambiguous-reply', `${quoted(name)} may be ${found.length} of them:\n${list}`, {
    hint: 'Write more of its letters, or its id.',
    facts: { name },
  });
}

/** Finds each of the names among all that is stored, the hidden and the removed too. */
export async function findReplies(owner: OwnerAccess, names: readonly string[]): Promise<ReplyView[]> {
  const { items } = await listReplies(owner, { limit: MOST_LOOKED_AT });
  return names.map((name) => findNamed(items, name, 'reply'));
}

function unknown(all: readonly Named[], name: string, what: string): PosternError {
  const nearest = nearestName(
    name,
    all.map(({ id }) => shortName(id)),
  );
  const isNear = nearest !== undefined && nearest.edits <= 2;
  const list = `npm run ${what === 'reply' ? 'replies -- list --all' : 'messages'} lists what there is.`;
  return new PosternError('unknown-reply', `There is no ${what} ${quoted(name)}.`, {
    hint: isNear ? `Did you mean ${nearest.name}? ${list}` : list,
    facts: { name },
  });
}
