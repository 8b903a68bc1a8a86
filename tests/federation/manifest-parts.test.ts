import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketOf,
  bucketPath,
  changedBuckets,
  differingBuckets,
  digestTold,
  emitManifest,
  HEAD_PATH,
  type ManifestHead,
  newestFirst,
  partsOf,
} from '../../federation/manifest-parts.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { entry, keys, manifest } from './plan-samples.ts';

const DEPS = { sha256: sha256Hex };
const many = manifest(keys(700).map((key) => entry(key)));
const filesOf = (of: typeof many) => new Map([...emitManifest(DEPS, of)].map(({ path, json }) => [path, json]));
const headOf = (of: typeof many): ManifestHead => JSON.parse(filesOf(of).get(HEAD_PATH) ?? '');

test('the parts of a manifest are the manifest', async () => {
  const files = filesOf(many);
  expect(JSON.parse(files.get('/ap/manifest.json') ?? '')).toEqual(many);
  const { buckets, ...rest } = headOf(many);
  expect({ ...rest, objects: many.objects }).toEqual(many);
  const read = Object.entries(buckets).flatMap(([name, { file }]) => {
    const json = files.get(bucketPath(name)) ?? '';
    expect(file).toBe(sha256Hex(json));
    return JSON.parse(json);
  });
  expect(read.sort(newestFirst)).toEqual(many.objects);
  expect(files.size).toBe(Object.keys(buckets).length + 2);
  const { head, objects } = partsOf(DEPS, many);
  expect(head).toEqual(headOf(many));
  expect(await objects(new Set(Object.keys(buckets)))).toEqual(many.objects);
});

test('one post more or less, or a changed one: its bucket and the head are other files, the rest are the same', () => {
  const [first, ...rest] = many.objects;
  const changes = [
    rest,
    [...many.objects, entry('one-more')],
    [{ ...(first ?? entry('x')), source: 'moved.md' }, ...rest],
  ];
  for (const objects of changes) {
    const [before, after] = [filesOf(many), filesOf({ ...many, objects })];
    const paths = new Set([...before.keys(), ...after.keys()]);
    const differing = [...paths].filter((path) => before.get(path) !== after.get(path));
    expect(differing).toHaveLength(3);
    expect(changedBuckets(headOf(many), headOf({ ...many, objects })).size).toBe(1);
  }
});

describe('what a bucket says', () => {
  const object = fc.record({ id: fc.string({ unit: 'binary' }), digest: fc.string() });

  test('is the same in any order', () => {
    fc.assert(
      fc.property(fc.array(object), (objects) => {
        expect(digestTold(DEPS, objects.toReversed())).toBe(digestTold(DEPS, objects));
      }),
    );
  });

  test('differs with an id, a digest, and with how often something is there', () => {
    const told = (...pairs: [string, string][]) =>
      digestTold(
        DEPS,
        pairs.map(([id, digest]) => ({ id, digest })),
      );
    const all = [
      told(),
      told(['a', 'b']),
      told(['a', 'b'], ['a', 'b']),
      told(['a', 'c']),
      told(['ab', '']),
      told(['', '']),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

test('differing buckets: changed, on one side alone, and no other', () => {
  const head = partsOf(DEPS, manifest([entry('a'), entry('b'), entry('c')])).head;
  const of = (key: string) => bucketOf(DEPS, entry(key).id);
  const told = (key: string, digest = entry(key).digest): [string, string] => [
    of(key),
    digestTold(DEPS, [{ id: entry(key).id, digest }]),
  ];
  expect(new Set(['a', 'b', 'c', 'd'].map(of)).size).toBe(4);
  expect(differingBuckets(head, new Map([told('a'), told('b', 'other'), told('d')]))).toEqual(
    new Set(['b', 'c', 'd'].map(of)),
  );
});
