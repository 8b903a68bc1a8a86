import { expect, test } from 'vitest';
import type { Answer } from '../../scripts/doctor/ask.ts';
import { linkIn } from '../../scripts/doctor/pages.ts';

function page(html: string): Answer {
  const url = 'https://blog.test/posts/a/';
  return { kind: 'answer', url, status: 200, headers: {}, body: Buffer.from(html), end: 'whole', at: 0, tookMs: 1 };
}

const LINK = '<link rel="alternate" type="application/activity+json" href="/ap/posts/a.json">';

test('the first link to the object of a page is found, and made absolute', () => {
  const feed = '<link rel="alternate" type="application/atom+xml" href="/feed.xml">';
  expect(linkIn(page(feed + LINK + LINK.replace('a.json', 'b.json')))).toBe('https://blog.test/ap/posts/a.json');
  expect(linkIn(page(feed))).toBeUndefined();
});

test('a page of a hundred thousand open elements is read like any other', () => {
  expect(linkIn(page('<div>'.repeat(100_000) + LINK))).toBe('https://blog.test/ap/posts/a.json');
});
