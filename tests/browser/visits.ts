import type { Locator, Page, Route } from 'playwright-core';
import { heardLater } from './heard.ts';
import type { World } from './world.ts';

/** What readers of a blog do, and those who answer it. */
export interface Visits {
  open(page: Page, path?: string): Promise<void>;
  /** Opens a page and waits until its replies are brought up to date, so that nothing is replaced under the test. */
  openSettled(page: Page, path?: string): Promise<void>;
  /** Says something new; gives the locator of it. */
  sayMore(page: Page): Promise<Locator>;
  /** Keeps the answer with the newest replies back until it is let go. */
  holdReplies(page: Page): Promise<() => Promise<void>>;
}

export function visitsTo(world: () => World): Visits {
  let later = 0;
  const open: Visits['open'] = async (page, path = '/posts/hello/') => {
    await page.goto(world().url + path, { waitUntil: 'load' });
  };
  return {
    open,
    async openSettled(page, path) {
      await open(page, path);
      await page.waitForFunction(() => !document.querySelector('.comments-news a'));
    },
    async sayMore(page) {
      later += 1;
      const [interaction, author] = heardLater(`later${later}`);
      await world().store.interactions.put(interaction, author);
      return page.locator(`article[data-id="${interaction.id}"]`);
    },
    async holdReplies(page) {
      let arrived: (route: Route) => void = () => {};
      const held = new Promise<Route>((resolve) => {
        arrived = resolve;
      });
      await page.route('**/ap/comments/**', (route) => arrived(route));
      return async () => (await held).continue();
    },
  };
}
