/** How one check ended. `skipped`: it could not be made, and says why. */
export type Mark = 'ok' | 'warning' | 'broken' | 'skipped';

/** What one check saw, in words for the owner. Text of the other side is in it: it is printed as such. */
export interface Finding {
  /** A stable name: `documents.redirect`. */
  readonly check: string;
  readonly mark: Mark;
  /** Which address, which status or header, and what that means. */
  readonly saw: string;
  /** What to do about it. */
  readonly next?: string;
}

/**
 * The halves of a blog that can be broken by themselves: being found and read, hearing what others send, and sending what
 * the blog says.
 */
export type Half = 'read' | 'heard' | 'sent';

/** What the findings of one concern say. */
export interface Group {
  readonly name: string;
  readonly title: string;
  readonly halves: readonly Half[];
  readonly findings: readonly Finding[];
}

export function ok(check: string, saw: string): Finding {
  return { check, mark: 'ok', saw };
}

export function warning(check: string, saw: string, next: string): Finding {
  return { check, mark: 'warning', saw, next };
}

export function broken(check: string, saw: string, next: string): Finding {
  return { check, mark: 'broken', saw, next };
}

export function skipped(check: string, saw: string, next?: string): Finding {
  return { check, mark: 'skipped', saw, ...(next === undefined ? {} : { next }) };
}
