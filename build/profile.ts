import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BodyTools, renderBody, toPicture } from './body.ts';
import { lineAt, lineOfKey, parseFrontMatter } from './front-matter.ts';
import type { Fault, Picture, Profile } from './model.ts';
import { type ProfileFields, readProfileFields } from './profile-schema.ts';
import type { OriginRule } from './settings.ts';

const FILE = 'profile.md';

/** The settings file, its pictures not looked at yet. */
export interface ProfileHead {
  readonly fields?: ProfileFields;
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
  const faults = [...bio.faults];
  const files = [...bio.files];
  const avatar = await readPicture('avatar', fields.avatar);
  const header = await readPicture('header', fields.header);
  const {
    avatar: _avatar,
    header: _header,
    origin: _origin,
    since,
    otherKeys: _otherKeys,
    description,
    ...rest
  } = fields;
  return {
    profile: {
      ...rest,
      origin,
      description: description ?? '',
      bioHtml: absolute(bio.html, origin),
      ...(avatar === undefined ? {} : { avatar }),
      ...(header === undefined ? {} : { header }),
      ...(since === undefined ? {} : { since }),
    },
    files,
    faults,
    warnings: bio.warnings,
  };

  async function readPicture(
    key: string,
    picture: { src: string; alt: string } | undefined,
  ): Promise<Picture | undefined> {
    if (!picture) return undefined;
    const place = tools.references.picture(FILE, picture.src);
    const line = head.lineOf(key);
    if (place.kind !== 'file') {
      faults.push({
        file: FILE,
        line,
        message:
          place.kind === 'missing'
            ? place.message
            : `${key} must be a file of the content folder, such as media/${key}.png`,
      });
      return undefined;
    }
    const result = await (await tools.pictures()).read(join(tools.contentFolder, place.path));
    if (!result.ok) {
      faults.push({ file: FILE, line, message: `${key} (${place.path}) cannot be read: ${result.message}` });
      return undefined;
    }
    files.push(place.path);
    return toPicture(place.path, picture.alt, result.facts);
  }
}

/** Peers show the bio on their own pages, where a path of ours would lead nowhere. */
function absolute(html: string, origin: string): string {
  return html.replace(/(<[^>]*\s(?:href|src)=")\/(?!\/)/g, (_, before: string) => `${before}${origin}/`);
}
