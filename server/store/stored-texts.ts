import { isJsonObject } from '../../federation/vocabulary.ts';

/** Whether a JSON value is an object that has these texts, and texts or nothing under the other names. */
export function hasTexts<Needed extends string, Maybe extends string = never>(
  json: unknown,
  needed: readonly Needed[],
  maybe: readonly Maybe[] = [],
): json is { [Name in Needed]: string } & { [Name in Maybe]?: string } {
  if (!isJsonObject(json)) return false;
  return (
    needed.every((name) => typeof json[name] === 'string') &&
    maybe.every((name) => json[name] === undefined || typeof json[name] === 'string')
  );
}
