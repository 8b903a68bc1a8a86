import { createHash, createPublicKey } from 'node:crypto';
import pc from 'picocolors';
import type { Keys } from '../server/keys.ts';

/** A key as people compare it. */
export interface ShownKey {
  readonly id: string;
  readonly kind: 'RSA' | 'Ed25519';
  /** `SHA256:…` of the public half as DER; of Ed25519 the Multikey that the actor document has. */
  readonly fingerprint: string;
  readonly made?: string;
  readonly retired?: string;
  /** Whether `content/keys.json` has it: the next build shows it. */
  readonly published: boolean;
}

/** Gives the public halves of all keys that are held, those that are published first. */
export function shownKeys({ held, published, pairs }: Keys, actor: string): ShownKey[] {
  return held.pairs
    .flatMap((pair, index): ShownKey[] => {
      const { rsa, ed25519, made, retired } = pair.public;
      const more = {
        ...(made === undefined ? {} : { made }),
        ...(retired === undefined ? {} : { retired }),
        published: pair === published,
      };
      const { publicKeyMultibase = '' } = pairs[index] ?? {};
      return [
        { id: `${actor}#${rsa.kid}`, kind: 'RSA', fingerprint: fingerprintOf(pair.rsa), ...more },
        { id: `${actor}#${ed25519.kid}`, kind: 'Ed25519', fingerprint: publicKeyMultibase, ...more },
      ];
    })
    .sort((a, b) => Number(b.published) - Number(a.published));
}

function fingerprintOf(key: Parameters<typeof createPublicKey>[0]): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64').replace(/=+$/, '')}`;
}

/** Lines for a terminal of 80 columns: an id, its fingerprint and since when. `begun`: when federation began. */
export function keyLines(keys: Keys, { actor, begun }: { actor: string; begun: string | undefined }): string[] {
  const [newest] = keys.held.pairs.slice(-1);
  return shownKeys(keys, actor).flatMap(({ id, kind, fingerprint, made, retired, published }) => {
    const since = made ?? (newest?.public.generation === 1 && begun !== undefined ? begun : undefined);
    const parts = [
      kind,
      since === undefined ? 'made before that was written down' : `since ${since.slice(0, 10)}`,
      ...(retired === undefined ? [] : [`retired ${retired.slice(0, 10)}, still held`]),
    ];
    const state = published ? pc.green('shown ') : pc.yellow('kept  ');
    return [`${state} ${pc.bold(id)}`, `       ${parts.join(', ')}`, `       ${pc.dim(fingerprint)}`];
  });
}
