import pc from 'picocolors';
import { checkOrigin, readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import type { Clients } from '../server/deps.ts';
import { PosternError } from '../server/errors.ts';
import { type OwnerAccess, openOwnerAccess } from '../server/owner-access.ts';
import { loadOwnerKeys } from '../server/owner-keys.ts';
import type { Fetched } from '../server/ports.ts';
import type { Store } from '../server/store/store.ts';
import { openClients, openStore } from './blog.ts';
import { namedOrigin } from './named-origin.ts';
import { ownOrigin } from './own-origin.ts';
import { openRemoteOwner, type RemoteOwner } from './remote-owner.ts';
import { assertStore } from './store-file.ts';

/** What the help of each command says of `--at`. */
export const AT_OPTION = ['--at <origin>', 'the blog that runs there, instead of the one in this folder'] as const;

export interface OwnerCommandContext {
  readonly owner: OwnerAccess;
  readonly settings: Settings;
  /** Of the blog that is meant. */
  readonly origin: string;
  /** Whether something else sends what was queued: a server that runs. */
  sends(): Promise<boolean>;
}

/** Lets a command work on what others said: of the blog in this folder, or of one that runs at `at`. */
export async function withOwner<T>(
  at: string | undefined,
  work: (context: OwnerCommandContext) => Promise<T>,
): Promise<T> {
  const settings = readSettings(process.env, process.cwd());
  if (at !== undefined) return work(await remoteContext(settings, at));
  assertStore(settings);
  const store = openStore(settings);
  let clients: Promise<Clients> | undefined;
  try {
    const origin = await originOf(store, settings);
    // Only the answer to a stranger needs the blog's keys and a look at their server.
    const get = async (url: string): Promise<Fetched> => {
      clients ??= openClients(settings, origin);
      return (await clients).documents.get(url);
    };
    const owner = openOwnerAccess({ store, documents: { get }, clock: Date.now, addresses: addressesOf(origin) });
    const sends = async (): Promise<boolean> => (await store.workers.alive(Date.now())).length > 0;
    return await work({ owner, settings, origin, sends });
  } finally {
    await (await clients)?.close();
    await store.close();
  }
}

/** Says what else it takes before others learn of what was decided. */
export async function tellSender({ sends }: Pick<OwnerCommandContext, 'sends'>): Promise<void> {
  if (await sends()) return;
  console.log(pc.dim('next  no server runs: npm start or npm run publish sends what is to be told'));
}

async function remoteContext(settings: Settings, at: string): Promise<OwnerCommandContext> {
  const remote = await openRemote(settings, at);
  return { owner: openRemoteOwner(remote), settings, origin: remote.origin, sends: async () => true };
}

/** What it takes to give commands to the blog that runs at `at`. */
export async function openRemote(settings: Settings, at: string): Promise<RemoteOwner> {
  const origin = readAt(at, settings);
  const { ownerKey } = await loadOwnerKeys(settings);
  return { origin, ownerKey, clock: Date.now };
}

/** As the network knows the blog, whatever the settings say meanwhile. */
async function originOf(store: Store, settings: Settings): Promise<string> {
  const actor = (await store.ledger.head())?.actor.id;
  return actor === undefined ? ownOrigin(settings) : new URL(actor).origin;
}

/** Over plain http everybody on the way could read what is answered; on this machine nobody is. */
function readAt(value: string, { allowPrivateAddresses }: Settings): string {
  const checked = checkOrigin(namedOrigin(value), allowPrivateAddresses);
  if (checked.ok) return checked.origin;
  throw new PosternError('not-an-origin', `--at: ${checked.message}.`, {
    hint: 'Write the origin of the blog, such as https://blog.example.',
    facts: { value },
  });
}
