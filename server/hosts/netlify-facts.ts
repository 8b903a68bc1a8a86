import { addressesOf } from '../../federation/addresses.ts';
import { notFederating } from '../deployment.ts';
import { isShown } from '../gate.ts';
import type { HostFacts } from '../owner-status.ts';
import type { StartingDeps, Workplace } from '../start-work.ts';
import { lastSweep } from '../sweep-mark.ts';

/** What the platform itself sets, which counts for nothing. */
const OF_PLATFORM = /^(?:AWS_|LAMBDA_|NETLIFY|NODE_|LD_|_|(?:HOME|LANG|PATH|PWD|SHLVL|SITE_ID|SITE_NAME|TZ|URL)$)/;

/** What the owner is told of the host: whether it sends, when it was woken last, and how full its environment is. */
export async function netlifyFacts(
  place: Workplace<StartingDeps>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HostFacts> {
  const idle = await whyIdle(place);
  const swept = await lastSweep(place.deps);
  const approved = (await place.deps.store.ledger.outline())?.ledger.approved;
  return {
    name: 'netlify',
    ...(idle === undefined ? {} : { idle }),
    ...(approved === undefined ? {} : { lastEventAt: Date.parse(approved.at) }),
    ...(swept === undefined ? {} : { lastSweepAt: swept }),
    environmentBytes: environmentBytes(env),
  };
}

async function whyIdle({ deps, deployment, held }: Workplace<StartingDeps>): Promise<string | undefined> {
  const { origin } = (await deps.site.parts()).head;
  const refused = notFederating(deployment, origin);
  if (refused) return refused.why;
  try {
    const keys = held();
    if (!keys) return 'keys-missing';
    return isShown(keys, await deps.site.document(addressesOf(origin).actor)) ? undefined : 'key-mismatch';
  } catch {
    return 'keys-malformed';
  }
}

function environmentBytes(env: Readonly<Record<string, string | undefined>>): number {
  const set = Object.entries(env).filter(([name]) => !OF_PLATFORM.test(name));
  return set.reduce((bytes, [name, value = '']) => bytes + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}
