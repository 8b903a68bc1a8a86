import { type Field, meaningOfKey } from '../../build/front-matter-keys.ts';
import { readFlag } from '../../build/post-schema.ts';
import { isWebAddress } from '../../build/reference-schema.ts';
import { asText } from '../../build/schema-values.ts';

type FrontMatterData = Readonly<Record<string, unknown>>;

/** Where a post was first, as its file says in whatever spelling; undefined for what is no address. */
export function originalUrlIn(data: FrontMatterData): string | undefined {
  const written = asText(fieldIn(data, 'originalUrl')).trim();
  return isWebAddress(written) ? written : undefined;
}

export function isPinned(data: FrontMatterData): boolean {
  return readFlag(data.pinned) === true;
}

function fieldIn(data: FrontMatterData, field: Field): unknown {
  const key = Object.keys(data).find((each) => {
    const meaning = meaningOfKey(each);
    return meaning.kind === 'field' && meaning.field === field;
  });
  return key === undefined ? undefined : data[key];
}

/** Lets each address through once: an import knows a post by it, so that it would take the second of two for the first. */
export function createOnce(): (address: string | undefined) => { readonly originalUrl?: string } {
  const given = new Set<string>();
  return (address) => {
    if (address === undefined || given.has(address)) return {};
    given.add(address);
    return { originalUrl: address };
  };
}
