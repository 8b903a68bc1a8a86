import { expect, test } from 'vitest';
import { DEFAULT_POLICY, type ManifestObject } from '../../federation/manifest.ts';
import { type BuildContent, digestContent } from '../../federation/manifest-content.ts';
import { entry } from './plan-samples.ts';
import { DEPS } from './sample.ts';

const [A, B] = [entry('a'), entry('b', { published: '2026-12-01T00:00:00Z' })];
const BASE: BuildContent = { actor: 'actor', policy: DEFAULT_POLICY, objects: [A, B] };
const ANN = { actor: 'https://peer.example/ann', inbox: 'https://peer.example/inbox', handle: '@ann@peer.example' };
const digest = (changes: Partial<BuildContent> = {}): string => digestContent(DEPS, { ...BASE, ...changes });
const withA = (changes: Partial<ManifestObject>): string => digest({ objects: [{ ...A, ...changes }, B] });

test.each([
  ['the profile', digest({ actor: 'other' })],
  ['a limit', digest({ policy: { ...DEFAULT_POLICY, limits: { ...DEFAULT_POLICY.limits, deletes: 6 } } })],
  ['the delay', digest({ policy: { ...DEFAULT_POLICY, sendAfterMs: 1 } })],
  ['a post more', digest({ objects: [A, B, entry('c')] })],
  ['a post less', digest({ objects: [A] })],
  ['an id', withA({ id: `${A.id}x` })],
  ['a meaning', withA({ digest: 'other' })],
  ['a date', withA({ published: '2026-11-23T10:00:01Z' })],
  ['a date without its time', withA({ dateOnly: true })],
  ['an edit', withA({ updated: '2026-11-23T11:00:00Z' })],
  ['how it is told', withA({ federate: 'silent' })],
  ['who sees it', withA({ visibility: 'unlisted' })],
  ['whom it names', withA({ addressees: [ANN] })],
  ['where somebody is told', withA({ addressees: [{ ...ANN, inbox: 'https://peer.example/i' }] })],
  ['what nobody can resolve', withA({ unresolved: ['@x@y.example'] })],
  ['what a deed is done to', withA({ type: 'Like', object: 'https://peer.example/1' })],
  ['what asks for consent', withA({ instrument: 'https://blog.example/ap/notes/a.json' })],
  ['when a poll ends', withA({ ends: '2026-12-01T00:00:00Z' })],
  ['the options of a poll', withA({ pollDigest: 'd' })],
  ['a look that nothing is sent of', digestContent(DEPS, BASE, { preview: true })],
])('%s makes it another', (_, other) => expect(other).not.toBe(digest()));

test.each([
  ['the order', digest({ objects: [B, A] })],
  ['the name of a file', withA({ source: 'posts/other.md' })],
  // Nobody but the plan shows it.
  [
    'what somebody is called',
    withA({ addressees: [{ ...ANN, handle: '@a@peer.example' }] }),
    withA({ addressees: [ANN] }),
  ],
])('%s does not', (_, same, before = digest()) => expect(same).toBe(before));
