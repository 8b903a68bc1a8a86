import { createDeps } from '../deps.ts';
import type { Workplace } from '../start-work.ts';
import { blobsDelivering } from '../store/blobs-delivering.ts';
import { openOnce } from './netlify.ts';
import { openNetlifyStore } from './netlify-store.ts';
import { type BackgroundFunction, workIn } from './netlify-work.ts';

/** Delivers when a token asks for it: the one function that gives its store what delivers. */
export function deliverWith(deliver: (place: Workplace) => Promise<void>): BackgroundFunction {
  const open = openOnce(createDeps, {
    env: process.env,
    openStore: (deployment, env) => openNetlifyStore(deployment, env, { delivering: blobsDelivering }),
  });
  return workIn(open, { deliver });
}
