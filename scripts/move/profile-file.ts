import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describeFaults } from '../../build/fault-report.ts';
import { readProfileHead } from '../../build/profile.ts';
import type { ProfileFields } from '../../build/profile-schema.ts';
import type { Settings } from '../../build/settings.ts';
import { PosternError } from '../../server/errors.ts';
import { replaceFile } from '../../server/private-files.ts';
import { shownPath } from '../command.ts';
import { editFrontMatter, type Wanted } from './edit-front-matter.ts';

/** Reads the settings of the blog; throws `profile-faults` for what the build would refuse. */
export function readProfile({ contentFolder, origin }: Settings): ProfileFields & { readonly approves: boolean } {
  const { fields, rules, faults } = readProfileHead(contentFolder, origin);
  if (fields && faults.length === 0) return { ...fields, approves: rules?.approveFollowers === true };
  throw new PosternError('profile-faults', `The build would refuse this:\n${describeFaults(faults, contentFolder)}`, {
    hint: 'Correct it, and run this again; nothing was written.',
    facts: { faults },
  });
}

/**
 * Sets keys in `profile.md`, line by line, whole or not at all. Gives whether anything changed. Throws `profile-not-edited`,
 * with the lines to write, where the file cannot be edited so.
 */
export async function writeProfile(
  { contentFolder }: Pick<Settings, 'contentFolder'>,
  wanted: Readonly<Record<string, Wanted>>,
): Promise<boolean> {
  const file = join(contentFolder, 'profile.md');
  const text = readFileSync(file, 'utf8');
  const edited = editFrontMatter(text, wanted);
  if (edited.kind === 'refused') {
    throw new PosternError('profile-not-edited', `${shownPath(file)} was left alone: ${edited.reason}.`, {
      hint: `Change its front matter yourself, and run this again:\n${linesFor(wanted).join('\n')}`,
      facts: { file },
    });
  }
  if (edited.text === text) return false;
  await replaceFile(realpathSync(file), edited.text);
  return true;
}

/** The lines for a person to write; what is to go is named. */
export function linesFor(wanted: Readonly<Record<string, Wanted>>): string[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    if (value === undefined) return [`  (without ${key})`];
    return typeof value === 'string' ? [`  ${key}: ${value}`] : [`  ${key}:`, ...value.map((each) => `    - ${each}`)];
  });
}
