import { PosternError } from '../../server/errors.ts';
import { printable } from '../printable.ts';

/** What systems put into archives of their own accord: nobody's words. */
const OF_THE_SYSTEM = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)/;

/** Longer ones are made by nobody, and fill the memory. */
const LONGEST_NAME = 4_096;

/**
 * Mastodon before 4.2 put media into its tar files by their absolute path on the server; later ones cut it here
 * (`app/services/backup_service.rb`, dump_media_attachments!).
 */
const MASTODON_ABSOLUTE = /^\/(?:.*\/)?system\/((?:cache\/)?(?:media_attachments|accounts)\/.+)$/;

/**
 * Gives the name of an archive's entry in the one form that is taken: relative, with `/`. Undefined for what is to be passed
 * over. Throws `archive-refused` for a name that may lead out of a folder, though nothing is ever written by these names.
 */
export function entryName(written: string, archive: string): string | undefined {
  const name = (MASTODON_ABSOLUTE.exec(written)?.[1] ?? written).replace(/^(?:\.\/)+/, '');
  if (name === '' || name === '.') return undefined;
  const fault = faultOf(name);
  if (fault !== undefined) throw refused(archive, written, fault);
  return OF_THE_SYSTEM.test(name) ? undefined : name.replace(/\/(?:\.?\/)+/g, '/');
}

function faultOf(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return 'its name is too long';
  if (name.includes('\0')) return 'there is a NUL in its name';
  if (name.includes('\\')) return 'there is a backslash in its name';
  if (name.startsWith('/')) return 'its name is an absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'its name begins with the letter of a drive';
  if (name.split('/').includes('..')) return 'its name leads out of the archive';
  return undefined;
}

/** The error for an archive that no export is: what it may be up to is not found out by reading it. */
export function refused(archive: string, entry: string, why: string): PosternError {
  const shown = printable(entry.length > 200 ? `${entry.slice(0, 200)}…` : entry);
  return new PosternError('archive-refused', `${archive} is not read: its entry "${shown}" is refused, for ${why}.`, {
    hint: 'Nothing was imported. Exports have no such entries: download it again, from where you made it.',
    facts: { archive, entry },
  });
}

/** The error for an archive that breaks off, or says one thing and holds another. */
export function damaged(archive: string, what: string, cause?: unknown): PosternError {
  return new PosternError('archive-damaged', `${archive} is damaged: ${printable(what)}.`, {
    hint: 'Download the export again; run the import again then: what is there already stays.',
    facts: { archive },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The error for an archive that would fill the disk or the memory. */
export function tooLarge(archive: string, what: string): PosternError {
  return new PosternError('archive-too-large', `${archive} is not read: ${printable(what)}.`, {
    hint: 'If it is an honest export, give its size: npm run import -- <archive> --max-size 100G',
    facts: { archive },
  });
}
