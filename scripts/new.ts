import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { PLACEHOLDER } from '../build/placeholder.ts';
import { languageTag } from '../build/post-schema.ts';
import { readSettings } from '../build/settings.ts';
import { toSlug } from '../build/slugs.ts';
import { PosternError } from '../server/errors.ts';
import { command, printJson, run, shownPath } from './command.ts';

interface NewOptions {
  readonly note?: string | true;
  readonly tags?: string;
  readonly lang?: string;
  readonly draft?: true;
  readonly json?: true;
}

/** File names have a limit of 255 bytes, and a letter may take four. */
const LONGEST_NAME = 60;

/** Seconds are enough, and read better than milliseconds. */
function instant(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Gives the text of a new file. The `id` is in it from the start, so that the file can be renamed for ever; its random
 * end keeps it apart from every id that was ever deleted.
 */
function newPost(facts: {
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
    ...(facts.lang === undefined ? [] : [`lang: ${JSON.stringify(facts.lang)}`]),
    ...(facts.draft ? ['draft: true'] : []),
  ];
  return `---\n${lines.join('\n')}\n---\n\n${facts.body}\n`;
}

function create(words: readonly string[], options: NewOptions): void {
  const note = options.note !== undefined;
  // Who forgets the quotes gets what was meant: the words that follow belong to the title or to the text.
  const text = [...(typeof options.note === 'string' ? [options.note] : []), ...words].join(' ').trim();
  if (text === '') {
    throw new PosternError('nothing-to-write', note ? 'The note has no text.' : 'The post has no title.', {
      hint: 'Try: npm run new -- "A title"   or: npm run new -- --note "Some text"',
    });
  }
  const lang = options.lang === undefined ? undefined : readLanguage(options.lang);
  const { contentFolder } = readSettings(process.env, process.cwd());
  const date = instant(new Date());
  const kind = note ? 'note' : 'post';
  const name = note ? date.replace(/[-:]/g, '').replace('T', '-').slice(0, 13) : shortened(toSlug(text)) || kind;
  const folder = join(contentFolder, note ? 'notes' : 'posts');
  const file = unusedFile(folder, name);
  const content = newPost({
    ...(note ? {} : { title: text }),
    body: note ? text : PLACEHOLDER,
    id: `${/^[\w-]+$/.test(name) ? name : kind}-${randomBytes(3).toString('hex')}`,
    date,
    tags:
      options.tags
        ?.split(',')
        .map((tag) => tag.trim())
        .filter(Boolean) ?? [],
    ...(lang === undefined ? {} : { lang }),
    draft: options.draft ?? false,
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, content, { flag: 'wx' });
  const shown = shownPath(file);
  if (options.json) {
    printJson({ file: shown });
    return;
  }
  console.log(`${pc.green('wrote')} ${shown}`);
  console.log(pc.dim('next  edit it, then: npm run plan   and: npm run publish'));
}

/** Cuts a slug between words where there are any; never within a letter. */
function shortened(slug: string): string {
  const letters = [...slug];
  if (letters.length <= LONGEST_NAME) return slug;
  const cut = letters.slice(0, LONGEST_NAME).join('');
  return cut.includes('-') ? cut.slice(0, cut.lastIndexOf('-')) : cut;
}

function readLanguage(value: string): string {
  const tag = languageTag(value);
  if (tag !== undefined) return tag;
  throw new PosternError('not-a-language', `"${value}" is not a language tag.`, {
    hint: 'Write one such as en, de or pt-BR.',
    facts: { value },
  });
}

function unusedFile(folder: string, name: string): string {
  for (let n = 1; ; n++) {
    const file = join(folder, n === 1 ? `${name}.md` : `${name}-${n}.md`);
    if (!existsSync(file)) return file;
  }
}

const program = command('new', 'Write a new Markdown file with its front matter filled in.')
  .argument('[title...]', 'the title of a post')
  .option('-n, --note [text]', 'write a note instead; it needs no title')
  .option('-t, --tags <list>', 'tags, separated by commas')
  .option('-l, --lang <code>', "language, when it is not the profile's")
  .option('-d, --draft', 'keep it out of the site until the line is removed')
  .option('--json', 'print the file name as JSON')
  .addHelpText('after', '\nExamples:\n  npm run new -- "A title"\n  npm run new -- --note "Good morning. #weather"\n')
  .action(create);

await run(program);
