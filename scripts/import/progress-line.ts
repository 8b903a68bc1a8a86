import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { widthOf } from '../wrap.ts';

/** One line of a terminal that says how far something is. */
export interface ProgressLine {
  show(done: number, total: number | undefined): void;
  clear(): void;
}

const EVERY_MS = 100;
const BAR = 24;

/** Makes the line on a terminal; in a pipe or a file nothing of it appears. */
export function progressLine(stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>, what: string): ProgressLine {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let last = 0;
  return {
    show(done, total) {
      const now = Date.now();
      if (now - last < EVERY_MS) return;
      last = now;
      cursorTo(stream as WriteStream, 0);
      stream.write(progressText(done, total, what).slice(0, widthOf(stream) - 1));
      clearLine(stream as WriteStream, 1);
    },
    clear() {
      if (last === 0) return;
      cursorTo(stream as WriteStream, 0);
      clearLine(stream as WriteStream, 0);
    },
  };
}

/** `[######------------------]  25 % 1,000 of 4,000 posts`; without a total only how many. */
export function progressText(done: number, total: number | undefined, what: string): string {
  const shown = done.toLocaleString('en');
  if (total === undefined || total < done) return `${shown} ${what}`;
  const part = total === 0 ? 1 : done / total;
  const full = Math.floor(part * BAR);
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${percent} % ${shown} of ${total.toLocaleString('en')} ${what}`;
}
