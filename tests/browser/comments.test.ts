import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page, Route } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { heardLater, TARGET } from './heard.ts';
import { shiftsOf, useWorld } from './pages.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const { world, newPage, wrong } = useWorld();

const open = (page: Page, path = '/posts/hello/') => page.goto(world().url + path, { waitUntil: 'load' });

let later = 0;

/** Opens a page and waits until its replies are brought up to date, so that nothing is replaced under the test. */
async function openSettled(page: Page, path?: string): Promise<void> {
  await open(page, path);
  await page.waitForFunction(() => !document.querySelector('.comments-news a'));
}

/** Says something new; gives the locator of it. */
async function sayMore(page: Page) {
  later += 1;
  const [interaction, author] = heardLater(`later${later}`);
  await world().store.interactions.put(interaction, author);
  return page.locator(`article[data-id="${interaction.id}"]`);
}

/** Keeps the answer with the newest replies back until it is let go. */
async function holdReplies(page: Page): Promise<() => Promise<void>> {
  let arrived: (route: Route) => void = () => {};
  const held = new Promise<Route>((resolve) => {
    arrived = resolve;
  });
  await page.route('**/ap/comments/**', (route) => arrived(route));
  return async () => (await held).continue();
}

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

describe('the newest replies', () => {
  it('take their place out of view, and nothing moves', async () => {
    const page = await newPage();
    const more = await sayMore(page);
    await open(page);
    await more.waitFor({ state: 'attached' });
    expect(await shiftsOf(page)).toEqual([]);
    await expect(page.locator('.comments-news button').count()).resolves.toBe(0);
    expect(wrong).toEqual([]);
  });

  it('are offered by a button in view, which moves nothing and takes no focus; pressed, it leads to them', async () => {
    const page = await newPage();
    const release = await holdReplies(page);
    const more = await sayMore(page);
    await open(page);
    await page.locator('.comments h2').scrollIntoViewIfNeeded();
    await page.getByLabel('Your handle').focus();
    const before = await shiftsOf(page);
    await release();
    const button = page.getByRole('button', { name: /new repl(y|ies) – show/ });
    await button.waitFor();
    expect(await shiftsOf(page)).toEqual(before);
    await expect(page.getByLabel('Your handle').evaluate((input) => input === document.activeElement)).resolves.toBe(
      true,
    );
    await expect(more.count()).resolves.toBe(0);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(button.evaluate((element) => element === document.activeElement)).resolves.toBe(true);
    await page.keyboard.press('Enter');
    await expect(more.isVisible()).resolves.toBe(true);
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-id'));
    expect(focused).toMatch(/later\d+$/);
    expect(wrong).toEqual([]);
  });

  it.each(['a reply', 'a like'])('without %s that the page has replace it at once, in view too', async (what) => {
    const { interactions } = world().store;
    const isReply = what === 'a reply';
    const { items } = await interactions.thread(TARGET);
    const doomed = items.find(({ id, kind }) => (isReply ? id.endsWith('/normal') : kind === 'like'));
    const page = await newPage();
    const release = await holdReplies(page);
    await open(page);
    const shown = page.locator(isReply ? '.comment:has-text("Well said")' : `.faces a[href$="/@reader0"]`);
    await expect(shown.count()).resolves.toBe(1);
    const warned = page.getByText('Content warning: spiders');
    await warned.click();
    await warned.focus();
    const changed = await interactions.setState(doomed?.id ?? '', 'hidden');
    try {
      await release();
      await shown.waitFor({ state: 'detached' });
      await expect(page.locator('.comments-news > *').count()).resolves.toBe(0);
      // Whoever was reading is where they were.
      await expect(page.getByText('Eight legs each.').isVisible()).resolves.toBe(true);
      const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-id'));
      expect(focused).toMatch(/warned$/);
      expect(wrong).toEqual([]);
    } finally {
      for (const id of changed) await interactions.setState(id, 'shown');
    }
  });

  it('in which the one that has the focus is gone leave it at the heading', async () => {
    const { interactions } = world().store;
    const page = await newPage();
    const release = await holdReplies(page);
    await open(page);
    const entry = page.locator('.comment', { hasText: 'كلام جميل' });
    await entry.locator('a').first().focus();
    const { items } = await interactions.thread(TARGET);
    const changed = await interactions.setState(items.find(({ id }) => id.endsWith('/arabic'))?.id ?? '', 'hidden');
    try {
      await release();
      await entry.waitFor({ state: 'detached' });
      const focused = await page.evaluate(() => document.activeElement?.id);
      expect(focused).toBe('fediverse-replies-title');
    } finally {
      for (const id of changed) await interactions.setState(id, 'shown');
    }
  });

  it('are those of now, not those of the minute before, which the browser keeps', async () => {
    const page = await newPage();
    await openSettled(page);
    const more = await sayMore(page);
    await open(page);
    await more.waitFor({ state: 'attached' });
    expect(wrong).toEqual([]);
  });

  it('that are none change nothing: the page has, byte for byte, what is answered later', async () => {
    const page = await newPage();
    await openSettled(page, '/posts/kurz/');
    await expect(page.locator('.comments-news button').count()).resolves.toBe(0);
    expect(await shiftsOf(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });

  it('a warning that was unfolded meanwhile stays unfolded', async () => {
    const page = await newPage();
    const release = await holdReplies(page);
    await sayMore(page);
    await open(page);
    const summary = page.getByText('Content warning: spiders');
    await summary.click();
    await release();
    await page.getByRole('button', { name: /show/ }).click();
    await expect(page.getByText('Eight legs each.').isVisible()).resolves.toBe(true);
    expect(wrong).toEqual([]);
  });

  it.each(['404', '200 of another page', 'nothing'])(
    'that cannot be had leave the page as it was built: %s',
    async (how) => {
      const page = await newPage();
      await page.route('**/ap/comments/**', (route) => {
        if (how === 'nothing') return route.abort();
        const status = how === '404' ? 404 : 200;
        return route.fulfill({ status, contentType: 'text/html', body: '<h1>Something else</h1>' });
      });
      const asked = page.waitForRequest('**/ap/comments/**');
      await open(page);
      await asked;
      expect(await shiftsOf(page)).toEqual([]);
      await expect(page.locator('article.comment').count()).resolves.toBe(14);
      await expect(page.getByRole('link', { name: 'See the newest replies' }).isVisible()).resolves.toBe(true);
      // A browser itself notes a request that failed.
      expect(wrong.filter((line) => !line.includes('Failed to load resource'))).toEqual([]);
    },
  );
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
