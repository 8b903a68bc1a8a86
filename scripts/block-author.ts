import { join } from 'node:path';
import pc from 'picocolors';
import { readBlockName } from '../build/block-names.ts';
import { OWN_BLOCKS } from '../build/blocks.ts';
import type { Settings } from '../build/settings.ts';
import type { ReplyView } from '../server/owner-access.ts';
import { readIfPresent, replaceFile } from '../server/private-files.ts';
import { readNamed, withBlock } from './block-file.ts';
import { shownPath } from './command.ts';
import { printable } from './printable.ts';

/** Writes the author of a reply into the blog's own list of blocks; gives what to say of it. */
export async function blockAuthor(
  { contentFolder }: Pick<Settings, 'contentFolder'>,
  { handle, actor }: Pick<ReplyView, 'handle' | 'actor'>,
): Promise<string> {
  const isHandle = handle.startsWith('@') && readBlockName(handle).kind === 'account';
  const named = readNamed(isHandle ? handle : actor);
  const file = join(contentFolder, OWN_BLOCKS);
  const text = withBlock(await readIfPresent(file), { ...named, severity: 'block', reason: undefined });
  await replaceFile(file, text);
  const effect = 'with the next build that is live, all of theirs goes; nobody is told';
  return `${pc.green('blocked')} ${printable(named.name)} in ${shownPath(file)}: ${effect}`;
}
