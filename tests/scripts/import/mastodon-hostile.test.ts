import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFrontMatter } from '../../../build/front-matter.ts';
import { collectionOf, createOf, mastodonFiles, writeTar, writeZip } from './mastodon-archive.ts';
import { type Bench, createBench } from './workbench.ts';

describe('archives that are none', () => {
  /** What is wrong is told in our words; what came before it is whole, and nothing is left over. */
  async function expectClear(bench: Bench, run: Promise<unknown>): Promise<void> {
    await run.catch((error: { code?: string }) =>
      expect(error.code, String(error)).toMatch(/^(?:archive-\w+|unknown-\w+|csv-damaged)$/),
    );
    expect(bench.leftovers()).toEqual([]);
    for (const [file, text] of Object.entries(bench.content()))
      if (file.endsWith('.md')) expect(parseFrontMatter(text).ok, text).toBe(true);
  }

  test('an outbox that breaks off anywhere → an error, whole files, nothing left', async () => {
    const whole = collectionOf('outbox.json', [
      createOf({ id: 1 }),
      createOf({ id: 2, published: '2024-05-06T07:08:10Z' }),
    ]);
    for (let length = 0; length < whole.length; length += 97) {
      const bench = createBench();
      const path = await writeZip(join(bench.root, 'a.zip'), [{ name: 'outbox.json', data: whole.slice(0, length) }]);
      const run = bench.run(path);
      await expect(run, String(length)).rejects.toMatchObject({
        code: 'archive-damaged',
        message: expect.stringContaining('outbox.json'),
      });
      await expectClear(bench, run);
    }
  });

  test('any JSON as outbox, actor, likes and entries → no fault of the program', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 4 }),
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }),
        async (value, items) => {
          const bench = createBench();
          const odd = items.map((item) => ({
            ...createOf({}),
            object: {
              ...createOf({}).object,
              ...(typeof item === 'object' && item !== null ? item : { content: item, to: item, tag: item }),
            },
          }));
          const files = mastodonFiles({
            outbox: [...items, ...odd],
            actor: value,
            files: [{ name: 'featured.json', data: JSON.stringify(value) }],
          });
          await expectClear(
            bench,
            bench.run(await writeZip(join(bench.root, 'a.zip'), files), { boosts: true, likes: true }),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  test('any bytes in any file of an archive → no fault of the program', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('outbox.json', 'actor.json', 'likes.json', 'following_accounts.csv'),
        fc.uint8Array({ maxLength: 60 }),
        async (name, bytes) => {
          const bench = createBench();
          const files = mastodonFiles({ outbox: [createOf({})] }).filter((file) => file.name !== name);
          await expectClear(
            bench,
            bench.run(await writeZip(join(bench.root, 'a.zip'), [...files, { name, data: Buffer.from(bytes) }])),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('what a post of an archive says', () => {
  test('an address of a file that is not there is no HTML', async () => {
    const bench = createBench();
    const url = 'https://social.example/a.png><script>alert(1)</script>';
    await bench.mastodon({ outbox: [createOf({ object: { attachment: [{ type: 'Document', url, name: null }] } })] });
    const text = Object.entries(bench.content()).find(([file]) => file.startsWith('notes/'))?.[1] ?? '';
    expect(text).toContain('<https://social.example/a.png%3E%3Cscript%3Ealert(1)%3C/script%3E>');
    expect(text).not.toContain('<script');
  });

  test('JSON that is nested without end → an error, long before it fills the memory', async () => {
    const bench = createBench();
    const outbox = `{"orderedItems":[${'['.repeat(2_000_000)}`;
    const run = bench.run(
      await writeTar(join(bench.root, 'a.tar'), [{ name: 'outbox.json', data: outbox }], { gzip: false }),
    );
    await expect(run).rejects.toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining('nested too deep'),
    });
  });
});
