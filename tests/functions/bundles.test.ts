import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packaged, type PackagedFunction, packageFunctions, type Sizes, sizesOf } from './packaged.ts';

const NAMES = readdirSync(new URL('../../functions', import.meta.url)).map((file) => basename(file, '.ts'));

/** Bytes, minified: what is loaded before the first request is answered, and all that may ever be. */
const INBOX = { eager: 215_000, all: 265_000 };
/** It plans, approves and looks through what was sent, besides all that is done to what others said. */
const OWNER = { eager: 225_000, all: 256_000 };
const OTHERS = { eager: 200_000, all: 250_000 };

/** What Netlify's client of Blobs brings, less than a kilobyte. */
const SMALL = new Set(['@netlify/otel', '@netlify/runtime-utils']);

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
  it.each(NAMES)('%s stays within its size', async (name) => {
    const { eager, all } = await sizesOf(find(name));
    expect(eager).toBeGreaterThan(10_000);
    const most = name === 'inbox' ? INBOX : name === 'owner' ? OWNER : OTHERS;
    expect(eager).toBeLessThanOrEqual(most.eager);
    expect(all).toBeLessThanOrEqual(most.all);
  });

  it('the inbox loads at once what is needed for every request, and no more', async () => {
    const { packages }: Sizes = await sizesOf(find('inbox'));
    // What seals messages, asks others and starts work is loaded when there is something to seal, to ask or to start.
    expect([...packages].filter((name) => !SMALL.has(name)).sort()).toEqual(['@netlify/blobs', 'ipaddr.js']);
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

  it('whatever strangers can have done is bounded for each of them', () => {
    const limits = { publish: 60, deliver: 60, webhook: 60, interact: 120, comments: 600, media: 1200, inbox: 1200 };
    expect(Object.keys(limits).map((name) => [name, find(name).limit])).toEqual(Object.entries(limits));
  });

  it('what works in the background answers at once, and no stranger has an address of it', () => {
    expect(find('publish')).toMatchObject({ invocationMode: 'background', routes: ['/ap/work/publish'] });
    expect(find('deliver')).toMatchObject({ invocationMode: 'background', routes: ['/ap/work/deliver'] });
    expect(find('sweep')).toMatchObject({ schedule: '*/5 * * * *', routes: [] });
    expect(find('deployed')).toMatchObject({ eventSubscriptions: ['deploy_succeeded'], routes: [] });
  });
});
