import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import pc from 'picocolors';
import { isWebAddress } from '../build/reference-schema.ts';
import type { KnownObject } from '../federation/reference.ts';
import { PosternError } from '../server/errors.ts';
import { command, printJson, run, shownPath } from './command.ts';
import { printable, quoted } from './printable.ts';
import { newReply, type ReplyKind } from './reply-file.ts';
import { findObject, type OwnBlog, openOwnBlog, shortReason } from './resolve-one.ts';

interface ReplyOptions {
  readonly like?: true;
  readonly boost?: true;
  readonly quote?: true;
  readonly anyway?: true;
  readonly edit: boolean;
  readonly json?: true;
}

async function reply(url: string, words: readonly string[], options: ReplyOptions): Promise<void> {
  if (!isWebAddress(url)) {
    throw new PosternError('not-an-address', `${quoted(url)} is not the address of a post.`, {
      hint: 'Paste a whole one, such as https://social.example/@ann/1.',
      facts: { url },
    });
  }
  const kind: ReplyKind = options.like ? 'like' : options.boost ? 'boost' : options.quote ? 'quote' : 'reply';
  const blog = openOwnBlog();
  const object = await objectAt(blog, url, kind, options.anyway === true);
  const text = words.join(' ').trim();
  const made = newReply({ kind, url, object, now: new Date(), ...(text === '' ? {} : { text }) });
  const file = writeNew(join(blog.settings.contentFolder, 'notes'), made);
  if (options.json) {
    printJson({ file: shownPath(file), kind, url, ...(object ? { author: object.author.handle } : {}) });
    return;
  }
  console.log(`${pc.green('wrote')} ${shownPath(file)}${object ? `   to ${printable(object.author.handle)}` : ''}`);
  if (kind === 'like' && object === undefined && blog.origins.has(new URL(url).origin))
    console.log(pc.dim('note  it is your own post: the like stands on its page, and nobody is told'));
  const says = kind === 'reply' || kind === 'quote';
  if (options.edit && says && text === '') await edit(file);
  console.log(
    pc.dim(`next  ${says && text === '' ? 'write your text into it, then: ' : ''}npm run plan   and: npm run publish`),
  );
}

/** What is at the address; undefined for a post of this blog, and with `anyway` for what nobody can say. */
async function objectAt(
  blog: OwnBlog,
  url: string,
  kind: ReplyKind,
  anyway: boolean,
): Promise<KnownObject | undefined> {
  if (blog.origins.has(new URL(url).origin)) return undefined;
  const found = await findObject(blog, url);
  if (found.kind === 'found') {
    if (kind === 'quote' && found.value.refusesQuotes && !anyway) {
      throw new PosternError('quotes-refused', `${found.value.author.handle} lets nobody quote this post.`, {
        hint: 'Nothing was written. Link to it in a note instead, or add --anyway: it will show as a link.',
        facts: { url },
      });
    }
    return found.value;
  }
  if (anyway) return undefined;
  throw new PosternError('not-resolved', `${url}: ${shortReason(found.reason)}.`, {
    hint: 'Nothing was written. With --anyway the note is written all the same, and each build asks again before anything is sent.',
    facts: { url },
  });
}

function writeNew(folder: string, { name, text }: { readonly name: string; readonly text: string }): string {
  mkdirSync(folder, { recursive: true });
  for (let number = 1; ; number += 1) {
    const file = join(folder, number === 1 ? `${name}.md` : `${name}-${number}.md`);
    if (existsSync(file)) continue;
    writeFileSync(file, text, { flag: 'wx' });
    return file;
  }
}

/** As git opens it: the variable may hold arguments. Without a terminal nothing is opened. */
async function edit(file: string): Promise<void> {
  const editor = process.env.VISUAL?.trim() || process.env.EDITOR?.trim();
  if (!editor || !process.stdin.isTTY || !process.stdout.isTTY) return;
  const stdio = 'inherit';
  const child =
    process.platform === 'win32'
      ? spawn(`${editor} "${file}"`, { shell: true, stdio })
      : spawn('sh', ['-c', `${editor} "$@"`, editor, file], { stdio });
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('exit', resolve);
  });
  if (code !== 0)
    console.error(`${pc.yellow('note')}  ${printable(editor)} ended with ${code ?? 'an error'}; the file is there.`);
}

const program = command('reply', 'Answer a post of somebody: write a note with its address, and open your editor.')
  .argument('<url>', 'the address of the post, or of its page')
  .argument('[text...]', 'what to say; without it, $VISUAL or $EDITOR opens')
  .addOption(new Option('--like', 'like it instead').conflicts(['boost', 'quote']))
  .addOption(new Option('--boost', 'boost it instead').conflicts(['quote']))
  .option('--quote', 'quote it instead')
  .option('--no-edit', 'open no editor')
  .option('--anyway', 'also when nobody can say what is at that address')
  .option('--json', 'print the file name as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run reply https://social.example/@ann/1
  npm run reply -- https://social.example/@ann/1 "So do I."
  npm run reply -- https://social.example/@ann/1 --like

Removing the file takes it back: the next publish sends the Delete or the Undo.
`,
  )
  .action(reply);

await run(program);
