import type { Manifest } from '../../federation/manifest.ts';
import { type ManifestParts, partsOf } from '../../federation/manifest-parts.ts';
import { NO_OWN_REPLIES } from '../../federation/own-replies.ts';
import { DEFAULT_RULES, type Rules } from '../../federation/rules.ts';
import { sha256Hex } from '../../server/crypto.ts';
import type { Site } from '../../server/ports.ts';

/** A site that is known whole, to be read by its parts as well; with the default rules unless given. */
export function siteWithParts(
  whole: Pick<Site, 'manifest' | 'scheduled' | 'document'>,
  rules: () => Rules = () => DEFAULT_RULES,
): Site {
  let known: { text: string; parts: ManifestParts } | undefined;
  const partsIn = (manifest: Manifest) => partsOf({ sha256: sha256Hex }, manifest);
  return {
    ...whole,
    rules: async () => rules(),
    ownReplies: async () => NO_OWN_REPLIES,
    async parts() {
      const manifest = await whole.manifest();
      const text = JSON.stringify(manifest);
      if (known?.text !== text) known = { text, parts: partsIn(manifest) };
      return known.parts;
    },
    scheduledParts: async () => (await whole.scheduled()).map(({ at, manifest }) => ({ at, parts: partsIn(manifest) })),
  };
}
