import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import { wrapped } from '../wrap.ts';
import type { Checked } from './answers.ts';

export interface Question {
  /** What is asked for, in a few words. */
  readonly text: string;
  /** How an answer looks, and what it is for. */
  readonly help: string;
  /** Taken when nothing is typed. */
  readonly suggested?: string;
  readonly check: (typed: string) => Checked;
}

/** Asks a person at a terminal. */
export interface Prompt {
  /** Asks until the answer can be taken. Rejects with `Stopped` at Ctrl-C and Ctrl-D. */
  ask(question: Question): Promise<string>;
  /** Asks for yes or no until it is one of them; no is what nothing means. */
  confirm(text: string): Promise<boolean>;
  close(): void;
}

/** Whoever was asked does not want to answer. */
export class Stopped extends Error {}

export function openPrompt(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Prompt {
  const lines = createInterface({ input, output });
  const stopped = new AbortController();
  // `close` alone would leave a question unanswered for ever, and Node.js would end with 13.
  lines.on('SIGINT', () => stopped.abort());
  lines.on('close', () => stopped.abort());
  const read = (text: string): Promise<string> =>
    lines.question(text, { signal: stopped.signal }).catch((cause: unknown) => {
      output.write('\n');
      throw stopped.signal.aborted ? new Stopped() : cause;
    });
  return {
    async ask({ text, help, suggested, check }) {
      output.write(`\n${pc.bold(text)}\n${pc.dim(help)}\n`);
      for (;;) {
        const typed = (await read(suggested === undefined ? '> ' : `[${suggested}] > `)).trim();
        const checked = check(typed === '' ? (suggested ?? '') : typed);
        if (checked.ok) return checked.value;
        for (const line of wrapped(checked.message, '', '')) output.write(`${pc.red(line)}\n`);
      }
    },
    async confirm(text) {
      for (let question = `\n${text} [y/N] `; ; question = 'y for yes, n for no: ') {
        const typed = (await read(question)).trim();
        if (/^y(?:es)?$/i.test(typed)) return true;
        if (/^(?:no?)?$/i.test(typed)) return false;
      }
    },
    close: () => lines.close(),
  };
}
