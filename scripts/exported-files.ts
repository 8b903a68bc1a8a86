import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { PosternError } from '../server/errors.ts';
import { errorText } from '../server/http/bodies.ts';
import { replaceFile } from '../server/private-files.ts';
import { oneLine } from './printable.ts';

/**
 * Writes an export whole or not at all, readable for its owner alone: it says who reads the blog, and where. A folder is
 * not made for it: one that is not there was mistyped, or its disk is not mounted.
 */
export async function writeExport(file: string, text: string): Promise<void> {
  const folder = dirname(resolve(file));
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new PosternError('file-not-written', `${file} cannot be written: there is no folder ${folder}.`, {
      hint: 'Check its name; make it first if it is meant.',
      facts: { file, folder },
    });
  }
  await replaceFile(resolve(file), text, 0o600).catch((cause: unknown) => {
    throw new PosternError('file-not-written', `${file} cannot be written: ${errorText(cause)}.`, {
      hint: 'Name a file in a folder that you may write to, with room on its disk.',
      facts: { file },
      cause,
    });
  });
}

/** Reads a file that was exported, or a list that somebody made. */
export async function readExport(file: string): Promise<string> {
  try {
    return await readFile(resolve(file), 'utf8');
  } catch (cause) {
    throw new PosternError('file-not-read', `${file} cannot be read: ${errorText(cause)}.`, {
      hint: 'Check the name of the file, and that you may read it.',
      facts: { file },
      cause,
    });
  }
}

/**
 * Reads JSON that was written with one record a line; gives the place where it breaks off instead. The parser's own words
 * name a place only sometimes, and never a line.
 */
export function parseRecords(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch {
    return { fault: brokenLine(text) };
  }
}

function brokenLine(text: string): string {
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    // The first line is the head, whose list goes on below it.
    if (index === 0 || !line.startsWith('{')) continue;
    try {
      JSON.parse(line.replace(/,$/, ''));
    } catch {
      return `line ${index + 1} is no JSON`;
    }
  }
  return lines.length > 1
    ? `what is around its records is damaged, or it ends early, at line ${lines.length}`
    : 'it is no JSON';
}

/** Where a value of an export is not as it should be, and how: `since: Invalid ISO datetime`. */
export function placeOf(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return oneLine(`${path === '' ? '' : `${path}: `}${issue?.message ?? 'unreadable'}`);
}
