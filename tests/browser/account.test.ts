import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { expect, it } from 'vitest';
import { ACCOUNT_FILES, ACCOUNT_PAGES } from './account-files.ts';
import { useWorld } from './pages.ts';
import { visitsTo } from './visits.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { world, newPage, wrong } = useWorld(ACCOUNT_FILES);
const { open, openSettled } = visitsTo(world);

it.each(ACCOUNT_PAGES)(
  '%s: axe finds nothing wrong, light and dark, and nothing is wider than 320 px',
  async (path) => {
    const page = await newPage({
      viewport: { width: 320, height: 640 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    await open(page, path);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    await page.evaluate(AXE);
    const faults = async (options: object): Promise<unknown> => {
      const found = await page.evaluate<AxeResults>(
        `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...options })})`,
      );
      return found.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
    };
    expect(await faults({})).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await faults({ runOnly: ['color-contrast'] })).toEqual([]);
    expect(wrong).toEqual([]);
  },
);

it('a poll asks in its text, says below who voted and when it is over what, with bars that have words', async () => {
  const vote = { option: 1, multiple: true, inbox: 'https://social.example/inbox', at: '2026-11-03T10:05:00Z' };
  for (const name of ['asked', 'over']) {
    const poll = `https://blog.example/ap/notes/${name}.json`;
    await world().store.answers.vote({ ...vote, poll, actor: 'https://social.example/users/bob' });
  }
  const page = await newPage();
  await openSettled(page, '/notes/asked/');
  await expect(page.locator('.e-content li').count()).resolves.toBe(3);
  await expect(page.locator('.comments .poll').textContent()).resolves.toMatch(/^\s*1 person voted · Ends /);
  await openSettled(page, '/notes/over/');
  await expect(page.locator('.e-content li').count()).resolves.toBe(3);
  await expect(page.locator('.comments .poll li').nth(1).textContent()).resolves.toMatch(/100 % \(1 vote\)/);
  await expect(page.locator('.comments .poll progress').count()).resolves.toBe(3);
  expect(wrong).toEqual([]);
});
