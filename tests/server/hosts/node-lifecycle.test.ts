import { describe, expect, it } from 'vitest';
import { functionAt, start, useWorld } from './serving.ts';

useWorld();

describe('close', () => {
  it('lets what is under way end, and takes nothing new', async () => {
    let finish = () => {};
    let begun = () => {};
    const reached = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = functionAt('/slow', async () => {
      begun();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return new Response('done');
    });
    const serving = await start({ functions: [slow] });
    const answer = fetch(`${serving.url}/slow`);
    await reached;
    const closed = serving.close();
    await expect(fetch(`${serving.url}/`)).rejects.toThrow();
    finish();
    expect(await (await answer).text()).toBe('done');
    await closed;
  });

  it('does not wait for ever', async () => {
    let begun = () => {};
    const reached = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const endless = functionAt('/endless', () => {
      begun();
      return new Promise(() => {});
    });
    const serving = await start({ functions: [endless], limits: { graceMs: 50 } });
    const answer = fetch(`${serving.url}/endless`);
    const failed = expect(answer).rejects.toThrow();
    await reached;
    await serving.close();
    await failed;
  });
});

describe('live reload', () => {
  it('is in no page and at no address unless it is on', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/`)).text()).not.toContain('script');
    expect((await fetch(`${url}/__reload`)).status).toBe(404);
  });

  it('puts its script into pages, as a file that the policy allows', async () => {
    const { url } = await start({ liveReload: true });
    for (const path of ['/', '/nowhere/']) {
      const page = await fetch(url + path);
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(await page.text()).toMatch(/<script src="\/__reload.js" defer><\/script><\/body>/);
    }
    const script = await fetch(`${url}/__reload.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await fetch(`${url}/feed.xml`)).headers.get('etag')).not.toBeNull();
  });

  it('tells open pages when a build is done', async () => {
    const serving = await start({ liveReload: true });
    const events = await fetch(`${serving.url}/__reload`);
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(': listening\n\n');
    serving.reload();
    expect((await reader?.read())?.value).toContain('event: reload');
    await serving.close();
    expect((await reader?.read())?.done).toBe(true);
  });
});
