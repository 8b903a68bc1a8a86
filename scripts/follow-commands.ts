import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { readBlocks } from '../build/blocks.ts';
import { FOLLOWING, type FollowingRules } from '../build/following.ts';
import { type Handle, readHandle } from '../build/handles.ts';
import { languageTag } from '../build/post-schema.ts';
import { PosternError } from '../server/errors.ts';
import { readIfPresent, replaceFile } from '../server/private-files.ts';
import { command } from './command.ts';
import { withFollowed, withoutFollowed } from './follow-file.ts';
import { printable, quoted } from './printable.ts';
import { findPerson, type OwnBlog, openOwnBlog, shortReason } from './resolve-one.ts';

interface FollowOptions {
  readonly boosts: boolean;
  readonly notify?: true;
  readonly languages?: string;
  readonly anyway?: true;
}

/** The command that adds a line to `following.csv`. */
export function followCommand(): Command {
  return command('follow', 'Follow somebody: put a line into content/following.csv.')
    .argument('<handle>', 'whom, such as @ann@social.example')
    .option('--no-boosts', 'without what they boost')
    .option('--notify', 'marked as in a list of Mastodon: tell me of each post')
    .option('-l, --languages <list>', 'in these languages alone, separated by commas')
    .option('--anyway', 'also when their server cannot be asked now')
    .addHelpText('after', '\nThe next publish sends the Follow; npm run plan shows it.\n')
    .action(follow);
}

/** The command that takes it out again. */
export function unfollowCommand(): Command {
  return command('unfollow', 'Follow somebody no more: take their line out of content/following.csv.')
    .argument('<handle>', 'whom, such as @ann@social.example')
    .addHelpText('after', '\nThe next publish sends the Undo; npm run plan shows it.\n')
    .action(unfollow);
}

async function follow(typed: string, options: FollowOptions): Promise<void> {
  const blog = openOwnBlog();
  const named = readNamed(typed);
  const file = join(blog.settings.contentFolder, FOLLOWING);
  const before = await readIfPresent(file);
  const languages = options.languages === undefined ? undefined : readLanguages(options.languages);
  const change = {
    handle: named.handle,
    written: `${named.user}@${named.host}`,
    showBoosts: options.boosts ? undefined : false,
    notify: options.notify,
    languages,
  };
  const after = withFollowed(before, change, rulesOf(blog));
  const found = await findPerson(blog, named.handle, `@${named.user}@${named.host}`);
  if (found.kind !== 'found' && !options.anyway) {
    throw new PosternError('not-resolved', `${named.handle} cannot be followed: ${shortReason(found.reason)}.`, {
      hint: 'Nothing was changed. With --anyway the line is written, and each build asks again.',
      facts: { handle: named.handle },
    });
  }
  if (after === before) {
    console.log(`${pc.dim('same ')} content/${FOLLOWING} has ${printable(named.handle)} already`);
    return;
  }
  await replaceFile(file, after);
  const name = found.kind === 'found' && found.value.name !== undefined ? ` (${printable(found.value.name)})` : '';
  console.log(`${pc.green('wrote')} ${printable(named.handle)}${name} into content/${FOLLOWING}`);
  console.log(pc.dim('next  npm run plan   and: npm run publish, which sends the Follow'));
}

async function unfollow(typed: string): Promise<void> {
  const blog = openOwnBlog();
  const { handle } = readNamed(typed);
  const file = join(blog.settings.contentFolder, FOLLOWING);
  const before = await readIfPresent(file);
  const after = before === undefined ? undefined : withoutFollowed(before, handle, rulesOf(blog));
  if (after === undefined) {
    throw new PosternError('not-followed', `content/${FOLLOWING} does not have ${handle}.`, {
      hint: 'Write the name as the file has it, such as @ann@social.example.',
      facts: { handle },
    });
  }
  await replaceFile(file, after);
  console.log(`${pc.green('took ')} ${printable(handle)} out of content/${FOLLOWING}`);
  console.log(pc.dim('next  npm run plan   and: npm run publish, which sends the Undo'));
}

function rulesOf({ settings: { contentFolder }, origin, handles }: OwnBlog): FollowingRules {
  return { ownHandles: handles, blocks: readBlocks(contentFolder, origin).blocks };
}

function readNamed(typed: string): Handle {
  const named = readHandle(typed);
  if (named) return named;
  throw new PosternError('not-a-handle', `${quoted(typed)} is no handle.`, {
    hint: 'Write one such as @ann@social.example.',
    facts: { typed },
  });
}

function readLanguages(list: string): string[] {
  return list
    .split(/[\s,]+/)
    .filter((tag) => tag !== '')
    .map((tag) => {
      const read = languageTag(tag);
      if (read !== undefined) return read;
      throw new PosternError('not-a-language', `${quoted(tag)} is not a language tag.`, {
        hint: 'Write some such as en,de or pt-BR.',
        facts: { tag },
      });
    });
}
