import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { readSettings } from '../../build/settings.ts';
import { printable } from '../printable.ts';
import { sizeText } from '../sizes.ts';
import { widthOf, wrapped } from '../wrap.ts';
import { exportBlog } from './export-blog.ts';
import { exportName } from './export-name.ts';

/** Asks a question; gives what was typed, '' when the terminal ended. */
export type Ask = (question: string) => Promise<string>;

const COMMAND = 'npm run export';

/**
 * Says how all of it is taken along, before it is deleted. At a terminal, where `ask` is, it asks, and exports unless the answer is
 * no; a failure is thrown, so that nothing is deleted that was to be kept.
 */
export async function offerExport(handle: string, ask: Ask | undefined): Promise<void> {
  const now = new Date().toISOString();
  const file = exportName({ handle }, now);
  if (existsSync(resolve(file))) return tell(`It was exported today: ${printable(file)}.`);
  if (ask === undefined) return tell(`To take all of it along first: ${COMMAND}`);
  const answer = await ask(`\nExport all of it first, into ${printable(file)}? [Y/n] `);
  if (/^\s*n/i.test(answer)) return;
  const settings = readSettings(process.env, process.cwd());
  const { bytes } = await exportBlog(settings, { target: () => file, withKeys: true, now });
  console.log(`${pc.green('exported')} ${printable(file)}, ${sizeText(bytes)}; it holds the private keys`);
}

function tell(text: string): void {
  for (const line of wrapped(text, '  ', '  ', widthOf(process.stdout))) console.log(line);
}
