import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressesOf } from '../federation/addresses.ts';
import { type BodyTools, renderBody, toPicture } from './body.ts';
import { lineAt, lineOfKey, parseFrontMatter } from './front-matter.ts';
import type { Fault, Picture, Profile } from './model.ts';
import { type ProfileFields, readProfileFields } from './profile-schema.ts';
import type { ProfileRules } from './rules-schema.ts';
import type { OriginRule } from './settings.ts';

const FILE = 'profile.md';

/** The settings file, its pictures not looked at yet. */
export interface ProfileHead {
  readonly fields?: ProfileFields;
  readonly rules?: ProfileRules;
  readonly body: string;
  readonly bodyLine: number;
  readonly faults: readonly Fault[];
  lineOf(...path: string[]): number;
}

/** Reads and checks `profile.md`. */
export function readProfileHead(contentFolder: string, origin: OriginRule): ProfileHead {
  const nothing = { body: '', bodyLine: 1, lineOf: () => 1 };
  let text: string;
  try {
    text = readFileSync(join(contentFolder, FILE), 'utf8');
  } catch {
    return {
      ...nothing,
      faults: [
        {
          file: FILE,
          line: 1,
          message: 'the file is missing; write it with "username: …" and "name: …" in its front matter',
        },
      ],
    };
  }
  const split = parseFrontMatter(text);
  if (!split.ok) return { ...nothing, faults: [{ file: FILE, line: split.line, message: split.message }] };
  const { frontMatter } = split;
  const lineOf = (...path: (string | number)[]): number => lineOfKey(frontMatter, path);
  // The environment's origin stands in for the file's: what the file says is then not looked at.
  const result = readProfileFields(frontMatter.data, origin.allowHttp || origin.override !== undefined);
  return {
    ...(result.fields === undefined ? {} : { fields: result.fields }),
    ...(result.rules === undefined ? {} : { rules: result.rules }),
    body: frontMatter.body,
    bodyLine: lineAt(frontMatter.text, frontMatter.bodyOffset),
    faults: result.faults.map(({ path, message }) => ({ file: FILE, line: lineOf(...path), message })),
    lineOf,
  };
}

export interface ProfileResult {
  readonly profile: Profile;
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Makes the profile of its checked fields: the bio rendered, the pictures measured, the origin settled. */
export async function finishProfile(
  head: ProfileHead,
  fields: ProfileFields,
  rule: OriginRule,
  tools: BodyTools,
): Promise<ProfileResult> {
  const origin = rule.override ?? fields.origin ?? rule.fallback;
  const bio = await renderBody(
    { source: FILE, body: head.body, bodyLine: head.bodyLine, name: 'bio', hashtags: false },
    tools,
  );
  const avatar = await readPicture('avatar', fields.avatar, head, tools);
  const header = await readPicture('header', fields.header, head, tools);
  const { avatar: _avatar, header: _header, origin: _origin, ...settings } = fields;
  const { otherKeys: _other, missingPictures: _missing, permalinks: _pattern, since, description, ...rest } = settings;
  const { sendAfter, holds, movedTo: _movedTo, blogroll, formerUsernames, ...plain } = rest;
  const other = otherAccounts(fields, origin);
  return {
    profile: {
      ...plain,
      origin,
      description: description ?? '',
      policy: { limits: holds, sendAfterMs: sendAfter },
      bioHtml: absolute(bio.html, origin),
      ...(avatar.picture === undefined ? {} : { avatar: avatar.picture }),
      ...(header.picture === undefined ? {} : { header: header.picture }),
      ...(since === undefined ? {} : { since }),
      ...other,
      ...(blogroll === undefined ? {} : { blogroll }),
      ...(formerUsernames === undefined ? {} : { formerUsernames }),
    },
    files: [...bio.files, ...avatar.files, ...header.files],
    faults: [...bio.faults, ...avatar.faults, ...header.faults],
    warnings: bio.warnings,
  };
}

/**
 * The other accounts of the owner, seen from this origin. A blog that changes its domain is built twice from one profile: what it
 * says of the account that is built says nothing there. The pages of the one that goes are at the other.
 */
function otherAccounts(
  { alsoKnownAs, movedTo }: ProfileFields,
  origin: string,
): Pick<Profile, 'alsoKnownAs' | 'movedTo' | 'pagesAt'> {
  const { actor } = addressesOf(origin);
  const others = alsoKnownAs.filter((id) => id !== actor);
  if (movedTo === undefined || movedTo === actor) return { alsoKnownAs: others };
  const { origin: next } = new URL(movedTo);
  const isTwin = others.length < alsoKnownAs.length && movedTo === addressesOf(next).actor;
  return { alsoKnownAs: others, movedTo, ...(isTwin ? { pagesAt: next } : {}) };
}

interface ProfilePicture {
  readonly picture?: Picture;
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
}

async function readPicture(
  key: 'avatar' | 'header',
  wanted: { readonly src: string; readonly alt: string } | undefined,
  head: ProfileHead,
  tools: BodyTools,
): Promise<ProfilePicture> {
  if (!wanted) return { files: [], faults: [] };
  const fail = (message: string): ProfilePicture => ({
    files: [],
    faults: [{ file: FILE, line: head.lineOf(key), message }],
  });
  const place = tools.references.picture(FILE, wanted.src);
  if (place.kind === 'missing') return fail(place.message);
  if (place.kind === 'elsewhere') return fail(`${key} must be a file of the content folder, such as media/${key}.png`);
  const result = await (await tools.pictures()).read(join(tools.contentFolder, place.path));
  if (!result.ok) return fail(`${key} (${place.path}) cannot be read: ${result.message}`);
  return { picture: toPicture(place.path, wanted.alt, result.facts), files: [place.path], faults: [] };
}

/** Peers show the bio on their own pages, where a path of ours would lead nowhere. */
function absolute(html: string, origin: string): string {
  return html.replace(/(<[^>]*\s(?:href|src)=")\/(?!\/)/g, (_, before: string) => `${before}${origin}/`);
}
