import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import slugify from '@sindresorhus/slugify';
import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { command, printJson, run } from './command.ts';

interface NewOptions {
  readonly note?: string | true;
  readonly tags?: string;
  readonly lang?: string;
  readonly draft?: true;
  readonly json?: true;
}

/** Seconds are enough, and read better than milliseconds. */
function instant(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Gives the text of a new file. The `id` is in it from the start, so that the file can be renamed for ever; its random
 * end keeps it apart from every id that was ever deleted.
 */
export function newPost(facts: {
  readonly title?: string;
  readonly body: string;
  readonly id: string;
  readonly date: string;
  readonly tags: readonly string[];
  readonly lang?: string;
  readonly draft: boolean;
}): string {
  const lines = [
    ...(facts.title === undefined ? [] : [`title: ${JSON.stringify(facts.title)}`]),
    `id: ${facts.id}`,
    `date: ${facts.date}`,
    ...(facts.tags.length > 0 ? [`tags: ${JSON.stringify(facts.tags)}`] : []),
    ...(facts.lang === undefined ? [] : [`lang: ${facts.lang}`]),
    ...(facts.draft ? ['draft: true'] : []),
  ];
  return `---\n${lines.join('\n')}\n---\n\n${facts.body}\n`;
}

function create(title: string | undefined, options: NewOptions): void {
  const note = options.note !== undefined;
  const text = typeof options.note === 'string' ? options.note : (title ?? '');
  if (text.trim() === '') {
    throw new PosternError('nothing-to-write', note ? 'The note has no text.' : 'The post has no title.', {
      hint: 'Try: npm run new -- "A title"   or: npm run new -- --note "Some text"',
    });
  }
  const { contentFolder } = readSettings(process.env, process.cwd());
  const date = instant(new Date());
  const name = note
    ? date.replace(/[-:]/g, '').replace('T', '-').slice(0, 13)
    : slugify(text).slice(0, 60).replace(/-+$/, '') || 'post';
  const folder = join(contentFolder, note ? 'notes' : 'posts');
  const file = unusedFile(folder, name);
  const content = newPost({
    ...(note ? {} : { title: text }),
    body: note ? text : 'Write here.',
    id: `${name}-${randomBytes(3).toString('hex')}`,
    date,
    tags:
      options.tags
        ?.split(',')
        .map((tag) => tag.trim())
        .filter(Boolean) ?? [],
    ...(options.lang === undefined ? {} : { lang: options.lang }),
    draft: options.draft ?? false,
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, content, { flag: 'wx' });
  const shown = relative(process.cwd(), file);
  if (options.json) {
    printJson({ file: shown });
    return;
  }
  console.log(`${pc.green('wrote')} ${shown}`);
  console.log(pc.dim('next  edit it, then: npm run plan   and: npm run publish'));
}

function unusedFile(folder: string, name: string): string {
  for (let n = 1; ; n++) {
    const file = join(folder, n === 1 ? `${name}.md` : `${name}-${n}.md`);
    if (!existsSync(file)) return file;
  }
}

const program = command('new', 'Write a new Markdown file with its front matter filled in.')
  .argument('[title]', 'the title of a post')
  .option('-n, --note [text]', 'write a note instead; it needs no title')
  .option('-t, --tags <list>', 'tags, separated by commas')
  .option('-l, --lang <code>', "language, when it is not the profile's")
  .option('-d, --draft', 'keep it out of the site until the line is removed')
  .option('--json', 'print the file name as JSON')
  .addHelpText('after', '\nExamples:\n  npm run new -- "A title"\n  npm run new -- --note "Good morning. #weather"\n')
  .action(create);

await run(program);
