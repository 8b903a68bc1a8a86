import { createDeps } from '../deps.ts';
import type { Workplace } from '../start-work.ts';
import { openOnce } from './netlify.ts';
import { type BackgroundFunction, workIn } from './netlify-work.ts';

/** Delivers when a token asks for it: the one background function that talks to other servers. */
export function deliverWith(deliver: (place: Workplace) => Promise<void>): BackgroundFunction {
  return workIn(openOnce(createDeps), { deliver });
}
