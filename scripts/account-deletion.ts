import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { AccountDeletion } from '../server/account.ts';
import { PosternError } from '../server/errors.ts';
import { isHandle } from '../server/owner-account.ts';
import { count } from './command.ts';
import { printable } from './printable.ts';

export function tellDeletion({ handle, actor, posts, followers, servers, deliveries, waiting }: AccountDeletion): void {
  console.log(`${pc.bold('Deleting')} ${printable(handle)}  ${pc.dim(printable(actor))}`);
  console.log(
    `  ${count(deliveries, 'inbox', 'inboxes')} on ${count(servers, 'server')} ${deliveries === 1 ? 'is' : 'are'} told; they remove the account, its ${count(posts, 'post')} and what belongs to them`,
  );
  console.log(`  ${count(followers, 'follower')} will follow nobody here any more`);
  if (waiting > 0)
    console.log(
      `  ${count(waiting, 'delivery', 'deliveries')} that still ${waiting === 1 ? 'waits' : 'wait'} will not be sent`,
    );
  console.log(
    '  This cannot be taken back: the handle and every id at this origin stay dead on other servers for ever.',
  );
  console.log('  The pages of the site stay as they are; the files in content/ too.');
}

/** Asks for the handle, unless it was given, and gives what was typed. `elsewhere` is what a script adds for another blog. */
export async function confirmDeletion(handle: string, yes: string | undefined, elsewhere = ''): Promise<string> {
  if (yes === undefined && asking() === undefined) {
    throw notConfirmed(
      'Nobody is here to confirm it, so nothing was deleted.',
      `For a script: npm run account -- delete${elsewhere} --yes ${printable(handle)}`,
    );
  }
  const typed = yes ?? (await ask(`\nType ${printable(handle)} to delete it for ever: `));
  if (isHandle(typed, handle)) return typed;
  throw otherHandle(typed, handle);
}

export function otherHandle(typed: string, handle: string): PosternError {
  return notConfirmed(
    `"${printable(typed.trim())}" is not ${printable(handle)}, so nothing was deleted.`,
    `Write exactly ${printable(handle)}.`,
  );
}

/** Asks at a terminal; undefined where nobody is. */
export function asking(): ((question: string) => Promise<string>) | undefined {
  return process.stdin.isTTY && process.stdout.isTTY ? ask : undefined;
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    return await Promise.race([terminal.question(question), ended]);
  } finally {
    terminal.close();
  }
}

function notConfirmed(message: string, hint: string): PosternError {
  return new PosternError('not-confirmed', message, { hint });
}
