import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Compares a document with `tests/fixtures/documents/<name>.json`, which is written by hand or checked by eye. */
export function expectGolden(name: string, document: unknown): void {
  const file = new URL(`../fixtures/documents/${name}.json`, import.meta.url);
  // Through JSON, with the order of members: it is part of what people read.
  expect(`${JSON.stringify(document, null, 2)}\n`).toBe(readFileSync(file, 'utf8'));
}
