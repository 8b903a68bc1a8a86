import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packaged, type PackagedFunction, packageFunctions, type Sizes, sizesOf } from './packaged.ts';

const NAMES = readdirSync(new URL('../../functions', import.meta.url)).map((file) => basename(file, '.ts'));

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageFunctions();
});
afterAll(() => packaged.remove());

function find(name: string): PackagedFunction {
  const found = packaged.functions.find((each) => each.name === name);
  if (!found) throw new Error(`${name} was not packaged`);
  return found;
}

describe('as Netlify packages it', () => {
  it.each(NAMES)('%s is at most 250 KB with all that it may ever load', async (name) => {
    const { all } = await sizesOf(find(name));
    expect(all).toBeGreaterThan(10_000);
    expect(all).toBeLessThanOrEqual(250_000);
  });

  it('the inbox loads at most 100 KB at once: it is loaded anew for each server that wakes it', async () => {
    const { eager, packages }: Sizes = await sizesOf(find('inbox'));
    expect(eager).toBeLessThanOrEqual(100_000);
    // What seals messages, and what asks others, is loaded when there is something to seal or to ask.
    expect(packages).toEqual(new Set(['@netlify/blobs', 'ipaddr.js']));
  });

  it('nothing is loaded at once that only some requests need', async () => {
    for (const each of packaged.functions) {
      const { packages } = await sizesOf(each);
      expect([each.name, [...packages].filter((name) => ['node-fetch', 'libsql', 'zod'].includes(name))]).toEqual([
        each.name,
        [],
      ]);
    }
  });

  it('what works in the background answers at once, and no stranger has an address of it', () => {
    expect(find('publish')).toMatchObject({ invocationMode: 'background', routes: ['/ap/work/publish'] });
    expect(find('deliver')).toMatchObject({ invocationMode: 'background', routes: ['/ap/work/deliver'] });
    expect(find('sweep')).toMatchObject({ schedule: '*/5 * * * *', routes: [] });
    expect(find('deployed')).toMatchObject({ eventSubscriptions: ['deploy_succeeded'], routes: [] });
  });
});
