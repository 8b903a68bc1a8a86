import { buildActorTombstone, buildTombstone } from '../../federation/activities.ts';
import { isDeed } from '../../federation/deeds.ts';
import { ACTIVITY_JSON, type JsonObject } from '../../federation/vocabulary.ts';
import type { Deps } from '../ports.ts';
import { publicAnswer } from './respond.ts';

/** What belongs to the account; the pages stay when it is deleted. */
const OF_ACCOUNT = /^\/(?:ap\/|nodeinfo\/|\.well-known\/(?:webfinger|nodeinfo)\/?$)/;

/**
 * Answers 410 for everything that belongs to the account once it is gone; undefined while it is not, and for pages.
 *
 * Until its Delete has arrived everywhere, actor and key stay readable: without them no peer can verify the Delete. The
 * inbox has its own, earlier refusal (see `receive`). Costs one read of the ledger's head.
 */
export async function goneAnswer({ store }: Pick<Deps, 'store'>, request: Request): Promise<Response | undefined> {
  const { origin, pathname } = new URL(request.url);
  if (!OF_ACCOUNT.test(pathname) || isOwners(request.method, pathname)) return undefined;
  return goneObject({ store }, request, origin + pathname);
}

/** Who shows a token of the owner is told how it stands, and has their messages still. */
function isOwners(method: string, pathname: string): boolean {
  return method === 'POST' && /^\/ap\/owner(?:\/sending)?\/?$/.test(pathname);
}

/** The same for the document of this id, at whatever address it was asked for. */
export async function goneObject(
  { store }: Pick<Deps, 'store'>,
  request: Request,
  id: string,
): Promise<Response | undefined> {
  const actor = (await store.ledger.head())?.actor;
  if (actor?.gone === undefined) return undefined;
  const deleted = actor.deleted ?? actor.gone;
  return publicAnswer(request, async () => {
    const tombstone = id === actor.id ? buildActorTombstone({ id, deleted }) : await tombstoneOf(store, id, deleted);
    if (tombstone) return { status: 410, type: ACTIVITY_JSON, body: tombstone, maxAge: 0 };
    return { status: 410, type: 'application/json', body: { error: 'This account was deleted.' }, maxAge: 0 };
  });
}

async function tombstoneOf(store: Deps['store'], id: string, deleted: string): Promise<JsonObject | undefined> {
  const told = await store.ledger.object(id);
  if (!told || isDeed(told)) return undefined;
  return buildTombstone({ id, formerType: told.type, deleted: told.deleted ?? deleted });
}
