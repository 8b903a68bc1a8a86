import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { addToRemoteCache } from '../../scripts/remote-cache-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-remote-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe('content/remote.json', () => {
  const entry = (name: string) => ({
    ...{ id: `https://a.example/${name}`, handle: `@${name}@a.example`, url: `https://a.example/@${name}` },
    inbox: `https://a.example/${name}/inbox`,
  });
  const found = (...names: string[]) => ({
    actors: new Map(names.map((name) => [`@${name}@a.example`, entry(name)])),
    objects: new Map(),
  });

  test('of no entries is not made', () => {
    expect(addToRemoteCache(folder, found())).toBe('unchanged');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is sorted, the same whoever comes first, and loses nothing that another wrote meanwhile', () => {
    addToRemoteCache(folder, found('bob', 'ann'));
    const first = readFileSync(join(folder, 'remote.json'), 'utf8');
    expect(first).toContain(
      '{\n  "version": 1,\n  "actors": {\n    "@ann@a.example": {\n      "id": "https://a.example/ann",\n',
    );
    rmSync(join(folder, 'remote.json'));
    addToRemoteCache(folder, found('ann'));
    expect(addToRemoteCache(folder, found('bob'))).toBe('written');
    expect(readFileSync(join(folder, 'remote.json'), 'utf8')).toBe(first);
    expect(addToRemoteCache(folder, found('bob'))).toBe('unchanged');
    expect(readdirSync(folder)).toEqual(['remote.json']);
  });

  test('that cannot be read is left as it is', () => {
    writeFileSync(join(folder, 'remote.json'), '<<<<<<< HEAD\n{}\n');
    expect(addToRemoteCache(folder, found('ann'))).toBe('broken');
    expect(readFileSync(join(folder, 'remote.json'), 'utf8')).toBe('<<<<<<< HEAD\n{}\n');
  });
});
