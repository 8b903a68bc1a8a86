import { z } from 'zod';
import { asText, fail } from './schema-values.ts';

const MARKDOWN_FILE = /^[^:?#]+\.(?:md|markdown|mdown)$/i;

/** What names another post. */
export const reference = z.unknown().transform((value, context) => {
  const written = asText(Array.isArray(value) && value.length === 1 ? value[0] : value).trim();
  const refusal =
    Array.isArray(value) && value.length > 1 ? 'names several; a post refers to one' : refuseReference(written);
  return refusal === undefined ? written : fail(context, value, refusal);
});

/** A page somewhere. */
export const address = z.unknown().transform((value, context) => {
  const written = asText(value).trim();
  if (isWebAddress(written)) return written;
  return fail(context, value, 'must be a whole address, such as https://social.example/@ann/1');
});

/** A file of the content folder. */
export const markdownFile = z.unknown().transform((value, context) => {
  const written = asText(value).trim();
  if (MARKDOWN_FILE.test(written)) return written;
  return fail(context, value, 'must be the Markdown file that it translates, such as ./hello.md');
});

/** Says why a text can be no reference: one is an address, a path of this site, or a Markdown file of it. */
function refuseReference(written: string): string | undefined {
  if (isWebAddress(written) || MARKDOWN_FILE.test(written) || /^\/(?!\/)\S*$/.test(written)) return undefined;
  if (/^@?[^\s@/]+@[^\s@/]+$/.test(written))
    return 'must be the address of a post, not of a person; to name somebody, write it into the text';
  return `"${written}" is no address; write a whole one, such as https://social.example/@ann/1, or a file of yours, such as ./other.md`;
}

/** Says whether this is a whole http(s) address. */
export function isWebAddress(written: string): boolean {
  if (!/^https?:\/\/[^\s]+$/i.test(written) || written.length > 2_048 || !URL.canParse(written)) return false;
  const { username, password } = new URL(written);
  return username === '' && password === '';
}
