import { type ProgressLine, progressLine } from '../import/progress-line.ts';

/** A line of the terminal for work that has several parts, one after the other. */
export interface PartsLine {
  show(what: string, done: number): void;
  clear(): void;
}

export function partsLine(stream: Parameters<typeof progressLine>[0]): PartsLine {
  let shown: { readonly what: string; readonly line: ProgressLine } | undefined;
  return {
    show: (what, done) => {
      if (shown?.what !== what) {
        shown?.line.clear();
        shown = { what, line: progressLine(stream, what) };
      }
      shown.line.show(done, undefined);
    },
    clear: () => shown?.line.clear(),
  };
}
