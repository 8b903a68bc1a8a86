import { describe, expect, it } from 'vitest';
import { TARGET } from './heard.ts';
import { shiftsOf, useWorld } from './pages.ts';
import { visitsTo } from './visits.ts';

const { world, newPage, wrong } = useWorld();
const { open, openSettled, sayMore, holdReplies } = visitsTo(world);

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
      // The picture of who is hidden may have been asked for just then: nobody gets it any more.
      const isLatePicture = (line: string): boolean => /status of 404 .*\/ap\/media\//.test(line);
      expect(wrong.filter((line) => !isLatePicture(line))).toEqual([]);
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
