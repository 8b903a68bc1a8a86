import type { HoldCode } from './plan.ts';

/** Files that are named in full before the rest is counted. */
const NAMED = 3;

/** Names files for people: `posts/a.md, posts/b.md, posts/c.md and 8 more`. */
export function listFiles(sources: readonly string[]): string {
  const named = sources.slice(0, NAMED).join(', ');
  return sources.length > NAMED ? `${named} and ${sources.length - NAMED} more` : named;
}

const PUBLISH = 'npm run publish -- ';

/** What to type to release a hold, or what it says of one object. */
export function confirmCommand(code: HoldCode): string {
  return `${PUBLISH}--confirm ${code}`;
}

/** What is to be typed, in advice, for a blog that runs elsewhere, by its origin. */
export function releaseAt(advice: string, origin: string): string {
  return advice.replaceAll(PUBLISH, `${PUBLISH}--at ${origin} `);
}
