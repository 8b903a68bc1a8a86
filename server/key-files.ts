import { PosternError } from './errors.ts';
import { codeOf, readIfPresent } from './private-files.ts';

/** Writes a JWK Set as it lies in a file (RFC 7517 §5). */
export function printKeySet(keys: readonly object[]): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

/** Gives undefined for what is no JSON: `JSON.parse` quotes what it could not read, so its own error must not get out. */
export function parseKeyFile(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads a key file; undefined when there is none.
 *
 * @throws PosternError `keys-not-readable`, without what is in it.
 */
export async function readKeyFile(file: string): Promise<string | undefined> {
  try {
    return await readIfPresent(file);
  } catch (fault) {
    throw new PosternError('keys-not-readable', `${file} could not be read (${codeOf(fault) ?? 'unknown reason'}).`, {
      hint: 'Check that it is a file, and that the user who runs Postern may read it.',
      facts: { file },
    });
  }
}

/**
 * Waits until a key file is written. `elsewhere`: how to do without, for the hint.
 *
 * @throws PosternError `keys-not-written`, without what was to be in it.
 */
export async function keyFileWritten<T>(file: string, elsewhere: string, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (fault) {
    throw new PosternError('keys-not-written', `${file} could not be written (${codeOf(fault) ?? 'unknown reason'}).`, {
      hint: `Make the folder writable, or make the keys on another machine: ${elsewhere}.`,
      facts: { file },
    });
  }
}
