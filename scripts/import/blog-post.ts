import { languageTag } from '../../build/post-schema.ts';
import type { ImportEntry, LeftOut } from './source.ts';

/** What stays out of every blog's export. */
export const PAGE: LeftOut = {
  kind: 'page',
  reason: 'pages have a place of their own: copy what is still true to content/pages',
};
export const BROKEN: LeftOut = {
  kind: 'broken entry',
  reason: 'it has no date, no address or no text that can be read',
};
export const MISSING: LeftOut = {
  kind: 'media file',
  reason: 'the archive does not have its file',
};

export function left(leftOut: LeftOut, where: string): ImportEntry {
  return { type: 'left-out', leftOut: { ...leftOut, where } };
}

/** The language of a blog, where it is another than ours: `en-US` in a blog in English is what all software says. */
export function otherLanguage(written: string, ours: string): string | undefined {
  const tag = written === '' ? undefined : languageTag(written);
  return tag === undefined || tag.split('-')[0] === ours.split('-')[0] ? undefined : tag;
}
