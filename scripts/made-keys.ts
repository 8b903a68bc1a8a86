import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import type { Settings } from '../build/settings.ts';
import { shownPath } from './command.ts';
import { widthOf, wrapped } from './wrap.ts';

/** Key files that were not there before. */
export interface MadeKeys {
  /** The public halves, which belong in git. */
  readonly published: readonly string[];
  /** The private halves, which are nowhere else. */
  readonly held: readonly string[];
}

type Places = Pick<Settings, 'contentFolder' | 'dataFolder'>;

const FILES = ['keys.json', 'owner.json'] as const;

/** Looks which key files are there; what it gives tells later which came since, or undefined when none did. */
export function watchKeys({ contentFolder, dataFolder }: Places): () => MadeKeys | undefined {
  const missing = (folder: string): string[] =>
    FILES.map((file) => join(folder, file)).filter((file) => !existsSync(file));
  const [content, data] = [missing(contentFolder), missing(dataFolder)];
  return () => {
    const made = {
      published: content.filter((file) => existsSync(file)),
      held: data.filter((file) => existsSync(file)),
    };
    return made.published.length + made.held.length === 0 ? undefined : made;
  };
}

/** Says what to do with keys that were made, on standard error: what a build prints is read by programs too. */
export function tellKeys(made: MadeKeys): void {
  for (const line of keyLines(made, widthOf(process.stderr))) console.error(line);
}

/** Public halves alone are no new keys: they were written again from the private ones. */
export function keyLines({ published, held }: MadeKeys, width: number): string[] {
  const whom = whose([...published, ...held]);
  const parts =
    held.length === 0
      ? [`${whom} are those of before: their public halves were written again. Commit ${listed(published)}.`]
      : [
          `${whom} were made.`,
          ...(published.length > 0 ? [`Commit ${listed(published)}, the public halves.`] : []),
          `The private halves are in ${listed(held)}: keep them out of git, and back them up, for nobody can make them again.`,
        ];
  return wrapped(parts.join(' '), `${pc.green('keys ')} `, ' '.repeat(6), width);
}

function listed(files: readonly string[]): string {
  return files.map(shownPath).join(' and ');
}

function whose(files: readonly string[]): string {
  const [blog, owner] = FILES.map((name) => files.some((file) => file.endsWith(name)));
  if (blog && owner) return "The blog's and the owner's keys";
  return owner ? "The owner's keys" : "The blog's keys";
}
