import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { z } from 'zod';

/** A data folder and a content folder that are not there yet, and the two halves that will be in them. */
export interface KeyFolders {
  readonly folder: string;
  readonly places: { readonly dataFolder: string; readonly contentFolder: string };
  readonly publicFile: string;
  readonly privateFile: string;
}

/** Names the folders of each test of a file; the halves have this name in both. */
export function openEachFolders(name: string, take: (folders: KeyFolders) => void): void {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'postern-keys-'));
    const places = { dataFolder: path.join(folder, 'data'), contentFolder: path.join(folder, 'content') };
    const publicFile = path.join(places.contentFolder, name);
    take({ folder, places, publicFile, privateFile: path.join(places.dataFolder, name) });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

const jwkSet = z.object({ keys: z.array(z.record(z.string(), z.string())) });

/** The keys of a JWK Set in a file. */
export function readKeys(file: string): Record<string, string>[] {
  return jwkSet.parse(JSON.parse(readFileSync(file, 'utf8'))).keys;
}
