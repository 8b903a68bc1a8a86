import { isDeedId } from '../../federation/deeds.ts';
import type { LedgerObject } from '../../federation/ledger.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import type { Answer } from './respond.ts';

/** What is known of an object of the blog. `id` is the right spelling of its address. */
export type FoundObject =
  | {
      readonly kind: 'live';
      readonly id: string;
      readonly document: JsonObject;
      readonly told: LedgerObject | undefined;
    }
  /** A Delete was sent. A file that came back under the id changes nothing (invariant 3). */
  | { readonly kind: 'deleted'; readonly id: string; readonly told: LedgerObject }
  /** Its Delete is held or not yet sent. */
  | { readonly kind: 'held'; readonly id: string }
  | { readonly kind: 'unknown' };

/** Looks an object up by its id, or by another spelling of it. Reads the ledger once. */
export async function findObject({ site, store }: Pick<Deps, 'site' | 'store'>, url: string): Promise<FoundObject> {
  // What the owner did to something of somebody else has no document.
  if (isDeedId(url)) return { kind: 'unknown' };
  const document = await site.document(url);
  const id = typeof document?.id === 'string' ? document.id : url;
  const told = await store.ledger.object(id);
  if (told?.state === 'deleted') return { kind: 'deleted', id, told };
  if (document) return { kind: 'live', id, document, told };
  return told ? { kind: 'held', id } : { kind: 'unknown' };
}

/** Of a post alone: the actor, the outbox and other documents of the build are none. */
export async function findPost(deps: Pick<Deps, 'site' | 'store'>, url: string): Promise<FoundObject> {
  const found = await findObject(deps, url);
  return found.kind === 'unknown' || isPostId(found.id) ? found : { kind: 'unknown' };
}

export function isPostId(id: string): boolean {
  return /\/ap\/(?:posts|notes)\/[^/]+\.json$/.test(id);
}

/** How long a Delete may wait for its owner's word before a peer asks again. */
const HELD_SECONDS = 3_600;

/**
 * Says that an object is not here for now: its Delete is held or not yet sent. On a 404 Mastodon would drop its copy, and it
 * may be an empty build's mistake.
 */
export function heldAnswer(): Answer {
  const body = { error: 'This object is not here just now: try again later.' };
  return { status: 503, type: 'application/json', body, maxAge: 0, retryAfter: HELD_SECONDS };
}

/** Says in a sentence what is wrong. */
export function faultAnswer(status: number, error: string): Answer {
  return { status, type: 'application/json', body: { error }, maxAge: 0 };
}
