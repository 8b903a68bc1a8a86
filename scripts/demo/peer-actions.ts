import type { Context } from '@fedify/fedify';
import type { Activity, Note } from '@fedify/vocab';
import type { Peer } from './peer-application.ts';
import type { Saying } from './peer-messages.ts';

/** An activity, and whom it concerns. */
export interface Said {
  readonly activity: Activity;
  /** The actor's id. */
  readonly to: URL;
  /** The id of what was said or done. */
  readonly about: URL;
}

export type Of<Kind extends Saying['kind']> = Extract<Saying, { readonly kind: Kind }>;

/** What every activity about something of one's own has. */
export function actionOn<T extends Note | Activity>(peer: Peer, context: Context<void>, object: T, verb: string) {
  return { id: new URL(`#${verb}-${Date.now()}`, idOf(object)), actor: actorOf(peer, context), object };
}

export function actorOf({ user }: Peer, context: Context<void>): URL {
  return context.getActorUri(user.identifier);
}

export async function authorOf(context: Context<void>, id: URL): Promise<URL> {
  const object = await context.lookupObject(id);
  if (!object?.attributionId) throw new Error(`${id.href} names no author`);
  return object.attributionId;
}

export function idOf({ id }: { readonly id: URL | null }): URL {
  if (!id) throw new Error('what was said has no id');
  return id;
}

export function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (one === undefined) throw new Error(`nothing is called ${name}`);
  return one;
}
