import { deedTypeOf, isDeedType } from '../federation/deeds.ts';
import type { DeedType, PostType } from '../federation/manifest.ts';
import type { ShownActivity, ShownEntry } from '../server/shown-plan.ts';
import { audienceText, type PlanView } from './plan-view.ts';

/** The people of a list that are named before the rest is counted. */
const MOST_NAMED = 5;

/** How texts from elsewhere are shown where it is printed. */
interface Show {
  readonly title: (text: string) => string;
  readonly plain: (text: string) => string;
}

type ShownDeed = Extract<ShownActivity, { readonly type: DeedType }>;
type ShownPost = Extract<ShownActivity, { readonly type: 'Create' | 'Update' }>;
type ShownUndo = Extract<ShownActivity, { readonly type: 'Undo' }>;

const VERB = { Like: 'Like', Announce: 'Boost', Follow: 'Follow', QuoteRequest: 'Ask to quote' } as const;

/** What is done, in the owner's words: `Boost`. */
export function verbOf(type: DeedType): string {
  return VERB[type];
}

/** What it is done to: `@user@host`, or `"title" by @user@host`. */
export function deedText({ type, entry }: ShownDeed, show: Show): string {
  if (type === 'Follow') return show.plain(entry.title);
  const [author] = entry.addressees ?? [];
  return show.title(entry.title) + (author ? ` by ${show.plain(author.handle)}` : '');
}

/** What comes of a planned activity later, and is sent then; undefined where nothing does. Times are in milliseconds. */
export function laterText(
  { type, entry: { ends } }: Pick<ShownDeed, 'type' | 'entry'> | Pick<ShownPost, 'type' | 'entry'>,
  { now }: Pick<PlanView, 'now'>,
  shownAt: (time: number) => string,
): string | undefined {
  if (type === 'QuoteRequest') return 'once the author agrees, one Update of the post tells it';
  if (ends === undefined) return undefined;
  const end = Date.parse(ends);
  if (end > now) return `the poll ends ${shownAt(end)}: the results are sent then`;
  return `the poll ended ${shownAt(end)}: nobody can vote any more`;
}

/** What an id is of, where a list has posts and deeds: `"title"`, `Like "title"`, `Follow @user@host`. */
export function namedText({ id, title }: { readonly id: string; readonly title: string }, show: Show): string {
  const type = deedTypeOf(id);
  if (type === undefined) return show.title(title);
  return `${verbOf(type)} ${type === 'Follow' && title !== '' ? show.plain(title) : show.title(title)}`;
}

/** The type of an entry in the owner's words: `Article`, `Ask to quote`. */
export function typeText(type: PostType | DeedType): string {
  return isDeedType(type) ? verbOf(type) : type;
}

/** What is undone: `Follow @user@host`. From afar nobody says whom the blog followed. */
export function undoneText({ of, title, object }: ShownUndo, show: Show): string {
  const what = title === '' ? show.plain(object === '' ? 'an account' : object) : undefined;
  return `${verbOf(of)} ${what ?? (of === 'Follow' ? show.plain(title) : show.title(title))}`;
}

/** Who hears of a post besides the followers; undefined where nobody is named. */
export function addresseesText(
  { addressees = [] }: ShownEntry,
  { audience }: Pick<PlanView, 'audience'>,
  show: Pick<Show, 'plain'>,
): string | undefined {
  if (addressees.length === 0) return undefined;
  const named = addressees.slice(0, MOST_NAMED).map(({ handle }) => show.plain(handle));
  const more = addressees.length - named.length;
  const followers = audience === undefined ? 'the followers' : audienceText(audience);
  return `to ${listed([audience?.followers === 0 ? '' : followers, ...named, more > 0 ? `${more} more` : ''])}`;
}

function listed(parts: readonly string[]): string {
  const [last = '', ...others] = parts.filter((part) => part !== '').toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}
