import { describeFaults } from '../../build/fault-report.ts';
import { lineOfKey, parseFrontMatter } from '../../build/front-matter.ts';
import type { Fault } from '../../build/model.ts';
import { readProfileFields } from '../../build/profile-schema.ts';
import type { Settings } from '../../build/settings.ts';
import { PosternError } from '../../server/errors.ts';
import { SOUND } from './answers.ts';
import { ANSWER_KEYS } from './edit-profile.ts';
import type { Given } from './gather-answers.ts';

const FILE = 'profile.md';

type Place = Pick<Settings, 'contentFolder' | 'origin'>;

/**
 * Throws `profile-faults` for what the build would refuse and no answer mends. What is asked for anyway may be missing, and
 * what is given may replace anything.
 */
export function assertSoundProfile({ contentFolder, origin }: Place, text: string, given: Given): void {
  const faults = faultsIn(text, given, origin.allowHttp || origin.override !== undefined);
  if (faults.length === 0) return;
  throw new PosternError('profile-faults', `The build would refuse this:\n${describeFaults(faults, contentFolder)}`, {
    hint: 'Correct it, and run this again; nothing was written.',
    facts: { faults },
  });
}

function faultsIn(text: string, given: Given, allowHttp: boolean): Fault[] {
  const read = parseFrontMatter(text);
  if (!read.ok) return [{ file: FILE, line: read.line, message: read.message }];
  const { frontMatter } = read;
  const data = { ...frontMatter.data };
  for (const key of ANSWER_KEYS) if (given[key] !== undefined || (data[key] ?? '') === '') data[key] = SOUND[key];
  return readProfileFields(data, allowHttp).faults.map(({ path, message }) => ({
    file: FILE,
    line: lineOfKey(frontMatter, path),
    message,
  }));
}
