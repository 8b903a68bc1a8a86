/** One part of a thread. */
export interface ThreadPart {
  readonly body: string;
  /** 1-based, within the whole. */
  readonly line: number;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/**
 * Splits the body of a thread at its lines of three hyphens, but for those in fenced code. Such a line right under a text
 * would make a heading of it elsewhere; in a thread it separates. Parts without text are left out.
 */
export function threadParts(body: string): ThreadPart[] {
  const parts: ThreadPart[] = [];
  let fence: string | undefined;
  let lines: string[] = [];
  let begun = 1;
  const end = (next: number): void => {
    const blank = lines.findIndex((line) => line.trim() !== '');
    if (blank !== -1) parts.push({ body: `${lines.slice(blank).join('\n').trimEnd()}\n`, line: begun + blank });
    lines = [];
    begun = next;
  };
  body.split('\n').forEach((line, index) => {
    const mark = FENCE.exec(line)?.[1];
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    if (fence === undefined && /^-{3}\s*$/.test(line)) end(index + 2);
    else lines.push(line);
  });
  end(0);
  return parts;
}

/** The key of a part, of which `number` is 1 for the first. */
export function partKey(key: string, number: number): string {
  return number === 1 ? key : `${key}-${number}`;
}
