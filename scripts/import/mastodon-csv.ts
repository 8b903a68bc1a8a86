import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readBlockName } from '../../build/block-names.ts';
import { parseCsvRows } from '../../build/csv.ts';
import { readHandle } from '../../build/handles.ts';
import { languageTag, readFlag } from '../../build/post-schema.ts';
import { PosternError } from '../../server/errors.ts';
import { oneLine } from '../printable.ts';
import type { ImportEntry } from './source.ts';

/** The lists of Mastodon's *Preferences → Import and export* (mastodon `app/models/export.rb`). */
export type MastodonList = 'following' | 'blocks' | 'domains' | 'mutes' | 'followers' | 'bookmarks' | 'lists';

const NAMES: readonly (readonly [RegExp, MastodonList])[] = [
  [/follow(?:ing|s)/i, 'following'],
  [/followers/i, 'followers'],
  [/domain/i, 'domains'],
  [/mute/i, 'mutes'],
  [/block/i, 'blocks'],
  [/bookmark/i, 'bookmarks'],
  [/(?:^|[-_ ])lists?(?:[-_. ]|$)/i, 'lists'],
];

/** Says which list a file is: by its header where that says so, else by its name, for most have none. */
export function listOf(path: string, head: string): MastodonList | undefined {
  const name = basename(path);
  if (!/\.csv$/i.test(name)) return undefined;
  const [first = ''] = head.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (/^"?Account address"?,.*Show boosts/i.test(first)) return 'following';
  if (/^"?Account address"?,.*Hide notifications/i.test(first)) return 'mutes';
  if (/^#domain\b/i.test(first)) return 'domains';
  return NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

/** Longer lists are no one person's. */
const LONGEST = 64 * 1024 ** 2;

/** Reads a list of a file of its own. */
export async function readListFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  if (text.length > LONGEST)
    throw new PosternError('archive-too-large', `${path} is far too long for a list of accounts.`, {
      hint: 'Split it, and import the parts.',
      facts: { path },
    });
  return text;
}

/** Gives what a list holds: lines for the files of the blog, or why it stays out. Throws `csv-damaged`. */
export function* listEntries(list: MastodonList, text: string, file: string): Generator<ImportEntry> {
  const rows = parseCsvRows(text).map(({ cells, line }) => ({ cells, where: `${file}:${line}` }));
  const hasHeader = /^#?(?:account address|domain)$/i.test(rows[0]?.cells[0]?.trim() ?? '');
  const header = hasHeader ? (rows[0]?.cells ?? []) : [];
  for (const { cells, where } of hasHeader ? rows.slice(1) : rows) {
    const first = oneLine(cells[0] ?? '');
    const stays = (kind: string, reason: string): ImportEntry => ({
      type: 'left-out',
      leftOut: { kind, reason, where },
    });
    switch (list) {
      case 'following':
        yield readHandle(first)
          ? { type: 'line', file: 'following.csv', columns: followColumns(header, cells) }
          : stays('broken line', 'it names nobody: it should begin with user@host');
        break;
      case 'blocks':
      case 'domains': {
        const named = readBlockName(first);
        yield named.kind === 'account' || named.kind === 'host'
          ? { type: 'line', file: 'blocks.csv', columns: { name: named.name, ...severityOf(header, cells) } }
          : stays('broken line', 'it names nobody who could be blocked');
        break;
      }
      case 'mutes':
        yield stays('mute', 'nobody is shown to you whom you do not follow; block whom you want to keep from replying');
        break;
      case 'followers':
        yield stays('follower', 'followers come by a move, or as a list of this blog by npm run followers -- import');
        break;
      case 'bookmarks':
        yield stays('bookmark', 'bookmarks are private, and the blog keeps none');
        break;
      case 'lists':
        yield stays('list', 'who is followed is one list here');
        break;
      default:
        list satisfies never;
    }
  }
}

/** As the build reads the file: a cell that it could not take is as if it were empty. */
function followColumns(header: readonly string[], cells: readonly string[]): Record<string, string> {
  const at = (name: string): string => {
    const column = header.findIndex((cell) => cell.trim().toLowerCase() === name.toLowerCase());
    return column === -1 ? '' : (cells[column]?.trim() ?? '');
  };
  const languages = at('Languages')
    .split(/[\s,;]+/)
    .filter((tag) => tag !== '' && languageTag(tag) !== undefined);
  return {
    'Account address': (cells[0] ?? '').trim().replace(/^@/, ''),
    'Show boosts': String(readFlag(at('Show boosts')) ?? true),
    'Notify on new posts': String(readFlag(at('Notify on new posts')) ?? false),
    Languages: languages.join(', '),
  };
}

/** Lists of whole servers say how each is to be met, and why. */
function severityOf(header: readonly string[], cells: readonly string[]): Record<string, string> {
  const at = (name: string): string => cells[header.findIndex((cell) => cell.trim() === name)]?.trim() ?? '';
  const severity = { silence: 'limit', noop: 'noop' }[at('#severity')] ?? 'block';
  const reason = oneLine(at('#public_comment'));
  return { severity, ...(reason === '' ? {} : { reason }) };
}
