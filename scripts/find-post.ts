import { isAbsolute, relative } from 'node:path';
import { findNamed, findOneNamed, type NamedPost } from '../federation/named-posts.ts';
import { PosternError } from '../server/errors.ts';
import { printable, quoted } from './printable.ts';

/** Finds posts as `findNamed` does; a file may be given as the shell completes it. */
export function findPosts<P extends NamedPost>(posts: Iterable<P>, name: string, contentFolder: string): P[] {
  return findNamed(posts, spellingsOf(name, contentFolder));
}

/** One post, as `findOneNamed` has it, or an error that says which there are. */
export function findPost<P extends NamedPost>(posts: Iterable<P>, name: string, contentFolder: string): P {
  const found = findOneNamed(posts, spellingsOf(name, contentFolder));
  switch (found.kind) {
    case 'one':
      return found.post;
    case 'none':
      throw unknownPost(name);
    case 'several':
      throw ambiguousPost(name, found.posts);
    default:
      return found satisfies never;
  }
}

/** `list` is the command that lists posts where the blog is. */
export function unknownPost(name: string, list = 'npm run receipts'): PosternError {
  return new PosternError('unknown-post', `No post that the network was told of is named ${quoted(name)}.`, {
    hint: `Name it by its file, key, slug, title, id or page address. ${list} lists the last ones.`,
    facts: { name },
  });
}

export function ambiguousPost(name: string, posts: readonly Pick<NamedPost, 'id' | 'source'>[]): PosternError {
  const list = posts.map(({ id, source }) => `  ${printable(source)}  ${printable(id)}`).join('\n');
  return new PosternError('ambiguous-post', `${quoted(name)} names ${posts.length} posts:\n${list}`, {
    hint: 'Name the one that you mean by its id.',
    facts: { name },
  });
}

/** A name as it was typed, and as the ledger has it when it is of a file. */
export function spellingsOf(name: string, contentFolder: string): readonly string[] {
  const typed = name.trim();
  return [typed, ...fileNames(typed, contentFolder)];
}

/** The same in one word, for a blog elsewhere that knows no folder of ours: codes, keys and titles stay as they are. */
export function spellingElsewhere(name: string, contentFolder: string): string {
  const [typed = '', file] = spellingsOf(name, contentFolder);
  return typed.includes('/') && file ? file : typed;
}

function fileNames(name: string, contentFolder: string): string[] {
  if (/^[a-z]+:\/\//i.test(name)) return [];
  const inside = relative(contentFolder, isAbsolute(name) ? name : `${process.cwd()}/${name}`);
  return inside.startsWith('..') ? [] : [inside];
}
