import {
  type ActivityDeps,
  buildActorUpdate,
  buildCreate,
  buildDelete,
  buildUpdate,
} from '../federation/activities.ts';
import type { Addresses } from '../federation/addresses.ts';
import type { OutgoingActivity } from '../federation/outcome.ts';
import type { PlannedActivity } from '../federation/plan.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import { sha256Hex } from './crypto.ts';
import { PosternError } from './errors.ts';
import type { Site } from './ports.ts';

const DEPS: ActivityDeps = { sha256: sha256Hex };

/** Builds the activity that a plan announces, from the documents of the built site. Rejects with `object-missing`. */
export async function buildPlanned(
  site: Site,
  addresses: Addresses,
  planned: PlannedActivity,
): Promise<OutgoingActivity> {
  switch (planned.type) {
    case 'Create': {
      const told = { document: await read(site, planned.entry.id), digest: planned.entry.digest };
      return buildCreate(DEPS, addresses, told, planned);
    }
    case 'Update': {
      const told = { document: await read(site, planned.entry.id), digest: planned.entry.digest };
      return buildUpdate(DEPS, addresses, told, planned);
    }
    case 'Delete':
      return buildDelete(DEPS, addresses, planned);
    case 'UpdateActor': {
      const told = { document: await read(site, addresses.actor), digest: planned.digest };
      return buildActorUpdate(DEPS, addresses, told, planned);
    }
    default:
      return planned satisfies never;
  }
}

async function read(site: Site, id: string): Promise<JsonObject> {
  const document = await site.document(id);
  if (document?.id === id) return document;
  throw new PosternError('object-missing', `the manifest names ${id}, but the build has no document of that id`, {
    hint: 'build again, completely, then publish',
    facts: { id },
  });
}
