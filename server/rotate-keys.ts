import { toSeconds } from '../federation/dates.ts';
import { PosternError } from './errors.ts';
import type { HeldPair } from './held-keys.ts';
import { parseKeyFile, printKeySet, readKeyFile } from './key-files.ts';
import { filesOf, type KeyPlaces, type Keys, loadKeys, makeGeneration, writePrivate, writePublic } from './keys.ts';

/** Where a change of keys stands, by the two key files. */
export type KeyState =
  /** One generation is held, and published. */
  | { readonly kind: 'settled'; readonly pair: HeldPair }
  /** `from` is retired and held until everybody knows `to`, which is published. */
  | { readonly kind: 'changing'; readonly from: HeldPair; readonly to: HeldPair }
  /** A change was cut short, or git has the public halves of before: what is published is retired. */
  | { readonly kind: 'torn'; readonly from: HeldPair; readonly to: HeldPair };

export function keyState({ held, published }: Pick<Keys, 'held' | 'published'>): KeyState {
  const retired = held.pairs.find((pair) => pair.public.retired !== undefined);
  if (retired === undefined) return { kind: 'settled', pair: published };
  const current = held.pairs.find((pair) => pair.public.generation === held.public.generation) ?? held;
  return { kind: retired === published ? 'torn' : 'changing', from: retired, to: current };
}

/**
 * Makes the keys of the next generation and publishes them; those of before stay in the private file, as retired. The private
 * halves are written first, so that a crash leaves nothing published that nobody can sign with; the same again then finishes.
 *
 * @throws PosternError `keys-changing` while those of before are still held, `keys-not-here`, or as `loadKeys`.
 */
export async function rotateKeys(from: KeyPlaces, now: number): Promise<Keys> {
  const { places, keys, set } = await openSet(from);
  const state = keyState(keys);
  if (state.kind === 'changing') {
    throw new PosternError('keys-changing', 'The keys of before are still held: this change is not over.', {
      hint: 'npm run keys says what is left; then npm run keys -- retire, or npm run keys -- undo.',
      facts: { generation: state.to.public.generation },
    });
  }
  if (state.kind === 'torn') {
    await writePublic(filesOf(places).content, state.to.public);
    return loadKeys(places);
  }
  const at = toSeconds(now);
  // An id is used once, also after those that had it were dropped.
  const generation = Math.max(set.last, ...keys.held.pairs.map((pair) => pair.public.generation)) + 1;
  const before = set.keys.map((key) => ({ ...key, retired: at }));
  const files = filesOf(places);
  await writePrivate(files.data, printSet([...before, ...(await makeGeneration(generation, at))], generation));
  const { held } = await loadKeys(places);
  await writePublic(files.content, held.public);
  return loadKeys(places);
}

/**
 * Puts the keys of before back. Where nobody was told of the new ones they are dropped; otherwise they are held as the retired
 * ones now, for the news that the old ones count again is signed by them. Gives whether they were dropped.
 *
 * @throws PosternError `keys-settled` where none of before are held, `keys-not-here`, or as `loadKeys`.
 */
export async function undoRotation(
  of: KeyPlaces,
  { wasTold, now }: { readonly wasTold: boolean; readonly now: number },
): Promise<{ readonly keys: Keys; readonly dropped: boolean }> {
  const { places, keys, set } = await openSet(of);
  const state = keyState(keys);
  if (state.kind === 'settled') throw settled('There are no keys of before to go back to');
  const { from, to } = state;
  const at = toSeconds(now);
  const files = filesOf(places);
  const back = membersOf(set.keys, from).map(({ retired: _, ...key }) => key);
  const others = membersOf(set.keys, to).map((key) => ({ ...key, retired: at }));
  await writePublic(files.content, from.public);
  await writePrivate(files.data, printSet(wasTold ? [...back, ...others] : back, set.last));
  return { keys: await loadKeys(places), dropped: !wasTold };
}

/**
 * Drops the private halves of before: from then on nothing can be signed by them. Gives the keys that are left.
 *
 * @throws PosternError `keys-settled`, `keys-changing` when git has the public halves of before, or as `loadKeys`.
 */
export async function retireKeys(from: KeyPlaces): Promise<Keys> {
  const { places, keys, set } = await openSet(from);
  const state = keyState(keys);
  if (state.kind === 'settled') throw settled('There are no keys of before that are held');
  if (state.kind === 'torn') {
    const { content } = filesOf(places);
    throw new PosternError('keys-changing', `${content} has the keys of before, so they are in use.`, {
      hint: 'Bring back the newer file from git and publish it, or: npm run keys -- undo.',
      facts: { file: content },
    });
  }
  await writePrivate(filesOf(places).data, printSet(membersOf(set.keys, state.to), set.last));
  return loadKeys(places);
}

interface KeySetFile {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  /** The newest generation that there ever was. */
  readonly last: number;
}

/** Only the file in the data folder can be changed: a variable is set by its owner, from that file. */
async function openSet(from: KeyPlaces): Promise<{ places: KeyPlaces; keys: Keys; set: KeySetFile }> {
  const { privateKeys: _, ...places } = from;
  const { data } = filesOf(places);
  const text = await readKeyFile(data);
  if (text === undefined) {
    throw new PosternError('keys-not-here', `There is no ${data}, so the private keys cannot be changed here.`, {
      hint: 'Run this where the keys were made, or put what POSTERN_PRIVATE_KEYS has into that file first.',
      facts: { file: data },
    });
  }
  const keys = await loadKeys(places);
  const value = parseKeyFile(text);
  const members = isRecord(value) && Array.isArray(value.keys) ? value.keys.filter(isRecord) : [];
  const last = isRecord(value) && typeof value.last === 'number' && Number.isSafeInteger(value.last) ? value.last : 1;
  return { places, keys, set: { keys: members, last } };
}

function membersOf(keys: KeySetFile['keys'], { public: pair }: HeldPair): Record<string, unknown>[] {
  return keys.filter(({ kid }) => kid === pair.rsa.kid || kid === pair.ed25519.kid).map((key) => ({ ...key }));
}

/**
 * Two generations come close to what an environment takes (4 KB for all that a function has): a key a line without spaces, and
 * nothing that its `kid` says already.
 */
function printSet(keys: readonly Readonly<Record<string, unknown>>[], last: number): string {
  if (keys.length <= 2 && last === 1) return printKeySet(keys);
  const short = keys.map(({ alg: _, use: __, made, retired, ...key }) =>
    JSON.stringify(key.kty === 'RSA' ? { ...key, made, retired } : key),
  );
  return `{"last":${last},"keys":[\n${short.join(',\n')}\n]}\n`;
}

function settled(what: string): PosternError {
  return new PosternError('keys-settled', `${what}: no change of keys is under way.`, {
    hint: 'npm run keys shows what there is; npm run keys -- rotate makes new ones.',
    facts: {},
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
