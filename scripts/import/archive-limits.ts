import { Transform } from 'node:stream';
import { sizeText } from '../sizes.ts';
import { damaged, refused, tooLarge } from './entry-name.ts';

/** How much an archive may unpack to. */
export interface ArchiveLimits {
  /** Bytes of all entries together. */
  readonly total: number;
}

export const DEFAULT_TOTAL = 20 * 1024 ** 3;

/** Text shrinks to a tenth, the same post over and over to a hundredth; a bomb to a thousandth. */
const MOST_SHRUNK = 200;

/** What is small may be shrunk as far as it will: it unpacks to nothing much. */
const SMALL = 10 * 1024 ** 2;

/** Each is remembered by its name. */
const MOST_ENTRIES = 2_000_000;

/** Counts what an archive says it holds. */
export interface Budget {
  /** Throws for an entry beyond the limits. `packed` is absent where entries are not packed one by one. */
  take(entry: string, size: number, packed?: number): void;
  /** Throws when all that came out is too much for all that went in. */
  assertRatio(unpacked: number, packed: number): void;
}

export function createBudget(archive: string, { total }: ArchiveLimits): Budget {
  let taken = 0;
  let entries = 0;
  return {
    take(entry, size, packed) {
      entries += 1;
      taken += size;
      if (entries > MOST_ENTRIES) throw tooLarge(archive, `it has more than ${MOST_ENTRIES} entries`);
      if (taken > total) throw tooLarge(archive, `it unpacks to more than ${sizeText(total)}`);
      if (packed !== undefined && isBomb(size, packed))
        throw refused(archive, entry, `it unpacks to ${sizeText(size)} from ${sizeText(packed)}, as no export does`);
    },
    assertRatio(unpacked, packed) {
      if (isBomb(unpacked, packed))
        throw tooLarge(archive, `${sizeText(packed)} of it unpack to ${sizeText(unpacked)}, as no export does`);
    },
  };
}

function isBomb(unpacked: number, packed: number): boolean {
  return unpacked > SMALL && unpacked > packed * MOST_SHRUNK;
}

/** Passes on what has the length that was said, and fails at its end where it has not. */
export function exactly(size: number, archive: string, entry: string): Transform {
  let seen = 0;
  const fault = () => damaged(archive, `its entry "${entry}" is not as long as it says`);
  return new Transform({
    transform(chunk: Buffer, _, done) {
      seen += chunk.length;
      done(seen > size ? fault() : null, chunk);
    },
    flush(done) {
      done(seen === size ? null : fault());
    },
  });
}
