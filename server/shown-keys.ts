import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { kidsOf } from '../federation/signatures/jwk.ts';
import { isJsonObject } from '../federation/vocabulary.ts';
import { type HeldKeys, type HeldPair, signingKeysOf } from './held-keys.ts';
import type { SigningKeys } from './ports.ts';

export interface ShownKeysOptions {
  readonly actor: string;
  /** The site that is live: the keys that its actor document shows are those that others find. It may be missing. */
  readonly siteFolder: string;
  /** Gives the keys that are held now. It is called again when the document shows others than before. */
  readonly held: () => HeldKeys;
  /** Signs where no document says which; by default the current ones. */
  readonly otherwise?: number;
}

/** What was seen of the document last: its version, and the fragment of the id of its key. */
interface Seen {
  readonly version: string;
  readonly kid: string | undefined;
}

/** How long a look at the document counts: a fan-out signs thousands of times a second. */
const LOOK_EVERY_MS = 50;

const NOTHING: Seen = { version: '', kid: undefined };

/**
 * Gives the keys that sign now: those that the live actor document shows, of all that are held.
 *
 * While keys change, a build with the new ones may lie ready and not be live, or be live before the followers were told, or be
 * rolled back: others check a signature by what they find at the key's id, so what they find decides. Nothing is read before
 * something is signed, and the document again only when it was replaced. `retired` gives the keys that were shown before, as
 * long as they are held: what tells of the new ones is signed by them. Rejects as `held` does.
 */
export function shownSigningKeys(options: ShownKeysOptions): SigningKeys {
  const { actor } = options;
  const file = join(options.siteFolder, 'ap/actor.json');
  let seen = NOTHING;
  let held: HeldKeys | undefined;
  let inUse: HeldPair | undefined;
  const look = (): Seen => {
    const next = readShown(file, seen);
    if (next.version !== seen.version) held = undefined;
    seen = next;
    return seen;
  };
  const all = (): HeldKeys => {
    held ??= options.held();
    return held;
  };
  // A site that is replaced between the id and the signature must not part them: no timer runs between the two.
  const pair = (): HeldPair => {
    if (inUse) return inUse;
    const { kid } = look();
    inUse = pairShown(all(), kid, options.otherwise);
    setTimeout(() => {
      inUse = undefined;
    }, LOOK_EVERY_MS).unref();
    return inUse;
  };
  return {
    get keyId() {
      return `${actor}#${idsOf().rsa}`;
    },
    sign: (data) => signingKeysOf(pair(), actor).sign(data),
    get proofKeyId() {
      return `${actor}#${idsOf().ed25519}`;
    },
    signProof: (data) => signingKeysOf(pair(), actor).signProof(data),
    retired() {
      const shown = pair();
      const before = all().pairs.find((each) => each !== shown && each.public.retired !== undefined);
      return before && signingKeysOf(before, actor);
    },
  };

  /** Where the private halves are missing the ids are those of the document: whoever then signs is told. */
  function idsOf(): { readonly rsa: string; readonly ed25519: string } {
    try {
      return kidsOf(pair().public.generation);
    } catch {
      return kidsOf(generationOf(seen.kid ?? '') ?? 1);
    }
  }
}

function pairShown(held: HeldKeys, kid: string | undefined, otherwise: number | undefined): HeldPair {
  const shown = held.pairs.find((pair) => pair.public.rsa.kid === kid);
  return shown ?? held.pairs.find((pair) => pair.public.generation === otherwise) ?? held;
}

function generationOf(kid: string): number | undefined {
  const number = Number(/-(\d+)$/.exec(kid)?.[1] ?? 1);
  return kidsOf(number).rsa === kid ? number : undefined;
}

/** Between two sites there is a moment without any, and an account that is deleted has no document: it counts as before. */
function readShown(file: string, before: Seen): Seen {
  try {
    const { ino, mtimeMs, size } = statSync(file);
    const version = `${ino} ${mtimeMs} ${size}`;
    if (version === before.version) return before;
    const actor: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const key = isJsonObject(actor) ? actor.publicKey : undefined;
    const id = isJsonObject(key) && typeof key.id === 'string' ? key.id : '';
    return { version, kid: id.includes('#') ? id.slice(id.indexOf('#') + 1) : undefined };
  } catch {
    return before;
  }
}
