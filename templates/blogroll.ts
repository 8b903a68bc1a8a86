import type { Followed } from '../federation/reference.ts';
import type { Theme } from './theme.ts';

/** Where the blogroll is, and the same for feed readers. */
export const BLOGROLL_PATH = '/following/';
export const OPML_PATH = '/following.opml';

/** Whom the blogroll shows: those who could be resolved, by name. None where the profile wants none. */
export function blogroll({
  site,
  language,
}: Pick<Theme, 'site' | 'language'>): (Followed & { actor: NonNullable<Followed['actor']> })[] {
  if (site.profile.blogroll !== true) return [];
  const { compare } = new Intl.Collator(language, { sensitivity: 'base', numeric: true });
  return (site.following ?? [])
    .flatMap((followed) => (followed.actor === undefined ? [] : [{ ...followed, actor: followed.actor }]))
    .sort((a, b) => compare(a.actor.name ?? a.handle, b.actor.name ?? b.handle));
}
