import { emitKeypressEvents, type Key } from 'node:readline';
import pc from 'picocolors';
import { PosternError } from '../server/errors.ts';
import type { Decision } from '../server/moderate.ts';
import type { OwnerAccess, ReplyView } from '../server/owner-access.ts';
import { errorLines } from './command.ts';
import { decidedText, wholeReplyLines } from './print-replies.ts';
import { printable } from './printable.ts';

export interface Review {
  readonly owner: Pick<OwnerAccess, 'moderate'>;
  readonly replies: readonly ReplyView[];
  readonly origin: string;
  readonly clock: () => number;
  /** The next key that is pressed; undefined when there will be none. */
  readonly nextKey: () => Promise<string | undefined>;
  readonly print: (line: string) => void;
  /** Writes the author down as blocked; gives what to say of it. */
  readonly block: (reply: ReplyView) => Promise<string>;
}

const DECISIONS: Readonly<Record<string, Decision>> = { a: 'approve', h: 'hide', r: 'remove' };

const KEYS = '[a] approve  [h] hide  [r] remove  [n] next  [b] block author  [o] open  [q] quit';

/** Shows one reply after the other and does what the keys say. Gives how many were decided. */
export async function reviewReplies(review: Review): Promise<number> {
  const { replies, print, origin, clock } = review;
  let decided = 0;
  for (const [index, reply] of replies.entries()) {
    print('');
    print(pc.dim(`${index + 1} of ${replies.length}`));
    for (const line of wholeReplyLines(reply, clock(), origin)) print(line);
    print(pc.dim(KEYS));
    const ended = await decideOne(review, reply);
    if (ended === 'quit') break;
    if (ended === 'decided') decided += 1;
  }
  return decided;
}

async function decideOne(review: Review, reply: ReplyView): Promise<'decided' | 'next' | 'quit'> {
  const { nextKey, print } = review;
  for (;;) {
    const key = await nextKey();
    const decision = DECISIONS[key ?? ''];
    if (key === undefined || key === 'q') return 'quit';
    if (key === 'n') return 'next';
    if (key === 'o') print(printable(reply.url ?? reply.id));
    else if (key === 'b') await block(review, reply);
    else if (decision !== undefined && (await isMeant(review, decision))) {
      for (const done of await review.owner.moderate(decision, [reply.id])) print(decidedText(decision, done));
      return 'decided';
    } else print(pc.dim(KEYS));
  }
}

/** Whoever cannot be blocked by name is no reason to end: the reply can still be decided. */
async function block(review: Review, reply: ReplyView): Promise<void> {
  try {
    review.print(await review.block(reply));
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    for (const line of errorLines(error)) review.print(line);
  }
}

/** What is removed cannot be had back, and its key is near others. */
async function isMeant({ nextKey, print }: Review, decision: Decision): Promise<boolean> {
  if (decision !== 'remove') return true;
  print('Its text is dropped for good; hiding keeps it. Press r once more to remove it.');
  return (await nextKey()) === 'r';
}

/** Opens the keys of a terminal: one at a time, Ctrl-C and Ctrl-D being the end. Until it is closed nothing is echoed. */
export function openKeys(input: NodeJS.ReadStream): { next: () => Promise<string | undefined>; close: () => void } {
  const pressed: string[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  const onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl && (key.name === 'c' || key.name === 'd')) ended = true;
    else if (text !== undefined) pressed.push(text.toLowerCase());
    wake?.();
  };
  const onEnd = (): void => {
    ended = true;
    wake?.();
  };
  emitKeypressEvents(input);
  input.setRawMode(true);
  input.on('keypress', onKey);
  input.on('end', onEnd);
  input.resume();
  return {
    async next() {
      while (pressed.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return pressed.shift();
    },
    close() {
      input.setRawMode(false);
      input.off('keypress', onKey);
      input.off('end', onEnd);
      input.pause();
    },
  };
}
