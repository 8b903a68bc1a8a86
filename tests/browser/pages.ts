import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openBrowser, startWorld, type World } from './world.ts';

export interface Pages {
  readonly world: () => World;
  readonly newPage: (options?: BrowserContextOptions) => Promise<Page>;
  /** What went wrong in the pages of a test: errors of scripts, what the console or the policy says, requests elsewhere. */
  readonly wrong: readonly string[];
}

/** One blog and one browser for all tests of a file; each page has a profile of its own. `files`: see `startWorld`. */
export function useWorld(files?: Readonly<Record<string, string>>): Pages {
  let world: World;
  let browser: Browser;
  const wrong: string[] = [];
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    world = await startWorld(files);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  beforeEach(() => {
    wrong.length = 0;
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  const newPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 800, height: 600 }, ...options });
    contexts.push(context);
    context.on('request', (request) => {
      if (!request.url().startsWith(`${world.url}/`)) wrong.push(`request ${request.url()}`);
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      const { url } = message.location();
      if (message.type() === 'error' || message.type() === 'warning') wrong.push(`console ${message.text()} ${url}`);
    });
    page.on('pageerror', (error) => wrong.push(`error ${error.message}`));
    if (options.javaScriptEnabled !== false) await page.addInitScript(watchShifts);
    return page;
  };
  return { world: () => world, newPage, wrong };
}

/** Runs in the page. */
function watchShifts(): void {
  const shifts: number[] = [];
  Object.assign(window, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if ('value' in entry) shifts.push(Number(entry.value));
  }).observe({ type: 'layout-shift', buffered: true });
}

/** What moved in a page so far; after two frames, so that it is known. */
export function shiftsOf(page: Page): Promise<unknown> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const tell = () => resolve('shifts' in window ? window.shifts : 'not watched');
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(tell)));
      }),
  );
}
