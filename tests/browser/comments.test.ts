import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useWorld } from './pages.ts';
import { visitsTo } from './visits.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { world, newPage, wrong } = useWorld();
const { open, openSettled, sayMore } = visitsTo(world);

describe('without script', () => {
  it('the page has all that was said when it was built, and a link to the newest', async () => {
    const page = await newPage({ javaScriptEnabled: false });
    await open(page);
    await expect(page.locator('article.comment').count()).resolves.toBe(14);
    await expect(page.getByText('Well said').isVisible()).resolves.toBe(true);
    await expect(page.getByText('Eight legs each.').isVisible()).resolves.toBe(false);
    await page.getByText('Content warning: spiders').click();
    await expect(page.getByText('Eight legs each.').isVisible()).resolves.toBe(true);
    const more = await sayMore(page);
    await page.getByRole('link', { name: 'See the newest replies' }).click();
    await page.waitForURL('**/ap/comments/posts/hello');
    await expect(more.isVisible()).resolves.toBe(true);
    await page.getByRole('link', { name: 'Back to the post' }).isVisible();
    expect(wrong).toEqual([]);
  });

  it('the form leads to a page with a link to the reader’s server', async () => {
    const page = await newPage({ javaScriptEnabled: false });
    await open(page);
    await page.getByLabel('Your handle').fill('@me@home.example');
    await page.getByRole('button', { name: 'Open on my server' }).click();
    await page.waitForURL('**/ap/interact?**');
    const target = encodeURIComponent('https://blog.example/ap/posts/hello.json');
    await expect(page.getByRole('link').getAttribute('href')).resolves.toBe(
      `https://home.example/authorize?uri=${target}`,
    );
    expect(wrong).toEqual([]);
  });
});

/** Presses Tab until something of this selector has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  throw new Error(`no way by Tab to ${selector}`);
}

const ringOf = (page: Page) =>
  page.evaluate(() => document.activeElement && getComputedStyle(document.activeElement).outlineStyle);

describe('a keyboard alone', () => {
  it('goes to one’s own server, which is remembered', async () => {
    const page = await newPage();
    const arrived: string[] = [];
    await page.route('https://home.example/**', (route) => {
      arrived.push(route.request().url());
      return route.fulfill({ contentType: 'text/html', body: 'Home' });
    });
    await open(page);
    await tabTo(page, '#find-handle');
    expect(await ringOf(page)).toBe('solid');
    await page.keyboard.type('@me@home.example');
    await page.keyboard.press('Enter');
    await page.waitForURL('https://home.example/**');
    const target = encodeURIComponent('https://blog.example/ap/posts/hello.json');
    expect(arrived).toEqual([`https://home.example/authorize?uri=${target}`]);
    await open(page, '/posts/kurz/');
    await expect(page.locator('#find-handle').inputValue()).resolves.toBe('@me@home.example');
    expect(wrong.filter((line) => !line.startsWith('request https://home.example/'))).toEqual([]);
  });

  it('a handle that leads nowhere is told on a page', async () => {
    const page = await newPage();
    await open(page);
    await page.getByLabel('Your handle').fill('nobody@far.example');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/ap/interact?**');
    await page.getByText('far.example knows nobody called').waitFor();
  });

  it('unfolds warnings and lists, and sees where it is', async () => {
    const page = await newPage();
    await openSettled(page);
    await tabTo(page, '.comment summary');
    expect(await ringOf(page)).toBe('solid');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Eight legs each.').isVisible()).resolves.toBe(true);
    await tabTo(page, '.more-faces summary');
    await page.keyboard.press('Enter');
    await expect(page.locator('.more-faces li').last().isVisible()).resolves.toBe(true);
    expect(wrong).toEqual([]);
  });
});

const VIEWS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [360, 1280].map((width) => ({ colorScheme, width })),
);

describe('every reader', () => {
  it.each(VIEWS)('axe finds nothing wrong: $colorScheme, $width px', async ({ colorScheme, width }) => {
    const page = await newPage({ colorScheme, viewport: { width, height: 800 } });
    await sayMore(page);
    await openSettled(page);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    await page.evaluate(AXE);
    const results = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
    expect(results.violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
    expect(wrong).toEqual([]);
  });

  it('has targets that can be hit, and nothing wider than a window of 320 px', async () => {
    const page = await newPage({ viewport: { width: 320, height: 640 } });
    await openSettled(page);
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('main *:not(.visually-hidden, .visually-hidden *)')]
        .filter((element) => element.getBoundingClientRect().right > 320)
        .map(({ outerHTML }) => outerHTML.slice(0, 100)),
    );
    expect(wide).toEqual([]);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.faces a, .find button, .find input:not([type=hidden]), .comments summary')]
        .map((element) => ({ rect: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 80) }))
        .filter(({ rect }) => Math.min(rect.width, rect.height) < 24),
    );
    expect(small).toEqual([]);
  });

  it('asks the blog alone for pictures, and the blog asks for those that are shown', async () => {
    const page = await newPage();
    await openSettled(page);
    await page.locator('.comments').scrollIntoViewIfNeeded();
    await page.locator('.comment .emoji').first().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const image = document.querySelector<HTMLImageElement>('.comment .emoji');
      return image?.complete && image.naturalWidth > 0;
    });
    expect(world().fetched).toContain('https://cdn.example/party.png');
    expect(wrong).toEqual([]);
  });

  it('a face that cannot be had leaves its letter', async () => {
    const page = await newPage();
    await page.route('**/ap/media/**', (route) => route.fulfill({ status: 404 }));
    await openSettled(page);
    await page.locator('.comments .face').first().scrollIntoViewIfNeeded();
    await page.locator('.comment .emoji').first().scrollIntoViewIfNeeded();
    await page.waitForFunction(() => !document.querySelector('.comment:has(.emoji)')?.querySelector('.face img'));
    await expect(page.locator('.comment:has(.emoji) .face').first().textContent()).resolves.toBe('A');
  });
});
