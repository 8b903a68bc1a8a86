import { addressesOf, stampId } from '../../federation/addresses.ts';
import { buildStamp } from '../../federation/stamps.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { faultAnswer } from './find-object.ts';
import { type Answer, publicAnswer } from './respond.ts';

/**
 * Answers with the consent to a quote, to whoever meets the quote: 410 once it was taken back, or once the post it is about
 * was deleted, upon which Mastodon shows the quote no more; 404 where none was ever given. (FEP-044f)
 */
export function stamps(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  return publicAnswer(request, () => answer(deps, new URL(request.url).pathname));
}

async function answer({ site, store }: Pick<Deps, 'site' | 'store'>, path: string): Promise<Answer> {
  const { origin } = (await site.parts()).head;
  const [, digest] = /^\/ap\/stamps\/([0-9a-f]{1,64})$/.exec(path) ?? [];
  const stamp = digest === undefined ? undefined : await store.stamps.get(stampId(origin, digest));
  if (stamp === undefined) return faultAnswer(404, 'There is no such consent.');
  if (stamp.revoked !== undefined) return faultAnswer(410, 'This consent was taken back.');
  if ((await store.ledger.object(stamp.target))?.state === 'deleted') {
    return faultAnswer(410, 'The post that was quoted was deleted.');
  }
  // Asked for each time: nobody shall go on showing a quote from a cache that the owner no longer wants.
  return { status: 200, type: ACTIVITY_JSON, body: buildStamp(stamp, addressesOf(origin)), maxAge: 0 };
}
