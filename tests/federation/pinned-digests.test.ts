import { expect, test } from 'vitest';
import { emitFederation } from '../../federation/emission.ts';
import { DEFAULT_POLICY } from '../../federation/manifest.ts';
import { DEFAULT_RULES } from '../../federation/rules.ts';
import { ADDRESSES, article, CAT, DEPS, GATE, KEYS, note, PROFILE } from './sample.ts';

const tags = (...names: string[]) => names.map((name) => ({ name, slug: name.toLowerCase() }));
const warned = { description: 'D', teaser: true, contentWarning: 'W', language: 'de', updated: '2026-03-02T10:00:00Z' };
const posts = [
  article({ image: GATE, pictures: [CAT], tags: tags('Gates'), ...warned }),
  note({ pictures: [CAT], tags: tags('A', 'B'), visibility: 'unlisted', federate: 'silent' }),
  note({ key: 'n2', path: '/notes/n2/', dateOnly: true }),
];
const waiting = [note({ key: 'n3', path: '/notes/n3/', published: '2030-01-01T00:00:00Z' })];

/**
 * As it was before a post could answer, mention, quote or ask: it lies in ledgers and stores. Another digest
 * would be an Update for every post that there is, another id a Create for it, another `content` a publish nobody approved.
 */
test('a site whose posts refer to nothing says byte for byte what it said before posts could', () => {
  const profile = { ...PROFILE, avatar: GATE, alsoKnownAs: ['https://old.example/@me'] };
  const site = {
    profile: { ...profile, origin: ADDRESSES.origin, showFollowers: false, policy: DEFAULT_POLICY },
    ...{ posts, waiting, keys: KEYS, rules: DEFAULT_RULES },
  };
  const files = new Map([...emitFederation(DEPS, site, { version: '1' })].map(({ path, json }) => [path, json]));
  const manifest = JSON.parse(files.get('/ap/manifest.json') ?? '');
  expect(manifest.content).toBe('b9294e55f9524a33e612e6ec110dcfcd35a457ba83694a0f86c2830a5180afcb');
  expect(manifest.actor.digest).toBe('667ecab60f6e765bc514c41e8e73fed44720f59b4b2ce6b8b7e84819b3105c7f');
  const digests = manifest.objects.map((entry: Record<string, string>) => [entry.digest, entry.bodyDigest]);
  expect(digests).toEqual([
    [
      'd309ef721955425477489dbdfff2e915fc49e88cf418ca0e10ba4aac95368ee4',
      '4cc81a23e2f35f82d9e5b416050c622ffa4d95eaf4832771b0166b26ab6086c5',
    ],
    [
      '1e7183391bea7c6f4ee5e3ec5064d3e3dfe9b530a8f02d3a48c4160734f57ccd',
      '4843c15b33a90fe16c175b6faf11534a5c828ae0eecbdd40f3a8282954fdfe3d',
    ],
    [
      '370c3a8ffd2114c7ed92292bf2096042782b7c92e019c36ffaef4b5811efad70',
      '4a9b1befeea329be1133d89e8360f6cc82eb8ae7e2abdb4ca986b4b9f2beb4a3',
    ],
  ]);
  const { orderedItems } = JSON.parse(files.get('/ap/outbox/1.json') ?? '');
  expect(orderedItems.map(({ id }: { id: string }) => id.slice(id.lastIndexOf('/') + 1))).toEqual([
    'e6172ed7cc2ba180ee5f5f3944b1e910',
    'a69af59ffb299e715f0154ed279cffd3',
    'eb3478ed9b4e6b6bab9f3737b5626d7e',
  ]);
  const hidden = /^\/\./;
  const all = [...files].filter(([path]) => path === '/.well-known/nodeinfo' || !hidden.test(path));
  expect(DEPS.sha256(all.map(([path, json]) => path + json).join('\n'))).toBe(
    'b0c7b61675d18105ac8f1701357b4684cad861a41df1cdc3f4b7f07acd5f1166',
  );
});
