import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printRemoteCache } from '../../build/remote-cache.ts';
import type { KnownObject } from '../../federation/reference.ts';
import { newReply } from '../../scripts/reply-file.ts';
import { contentFolder } from '../build/content-folder.ts';

const now = new Date('2026-11-23T16:12:30.500Z');
const ann = {
  ...{ id: 'https://a.example/users/ann', handle: '@ann@a.example', url: 'https://a.example/@ann' },
  inbox: 'https://a.example/users/ann/inbox',
};
const url = 'https://a.example/@ann/1';
const object = (more: Partial<KnownObject> = {}): KnownObject => ({
  ...{ id: `${url}.json`, url, type: 'Note', author: ann, excerpt: 'What do you think?' },
  ...{ published: '2026-11-20T08:00:00Z', ...more },
});

describe('the file of a reply', () => {
  test('has an id, a fresh date, the address, and what was said as a comment', () => {
    const made = newReply({ kind: 'reply', url, object: object(), now });
    expect(made.name).toBe('20261123-1612-re-ann');
    expect(made.text.replace(/-[0-9a-f]{6}$/m, '-000000')).toBe(`---
id: 20261123-1612-re-ann-000000
date: 2026-11-23T16:12:30Z
in-reply-to: "https://a.example/@ann/1"
---

<!-- @ann@a.example wrote on 2026-11-20:
What do you think?
-->

Write here.
`);
  });

  test.each([
    ['like', 'like-of', ''],
    ['boost', 'repost-of', ''],
    ['quote', 'quotation-of', '\nWrite here.\n'],
  ] as const)('of a %s says so', (kind, key, end) => {
    const made = newReply({ kind, url, now });
    expect(made.name).toBe(`20261123-1612-${kind}-post`);
    expect(made.text).toContain(`${key}: "${url}"\n---\n${end}`);
  });

  test('is left out of the site until something is written into it, and then says that alone', async () => {
    const remote = printRemoteCache({ actors: new Map(), objects: new Map([[url, object()]]) });
    const { text } = newReply({ kind: 'reply', url, object: object(), now });
    const made = contentFolder({ 'remote.json': remote, 'notes/a.md': text });
    const before = await made.read();
    expect([before.site.posts, before.warnings.length]).toEqual([[], 1]);
    made.write('notes/a.md', text.replace('Write here.', 'A lot.'));
    const [post] = (await made.read()).site.posts;
    expect(post).toMatchObject({ html: '<p>A lot.</p>\n', inReplyTo: { kind: 'known' } });
  });

  test('whatever somebody said stays in the comment', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.constantFrom('-->', '-', '>', '!', '<', 'a', ' ', '\n', '`', '\u001b', '—'),
          maxLength: 60,
        }),
        async (excerpt) => {
          const { text } = newReply({
            kind: 'reply',
            url,
            object: object({ excerpt: `x${excerpt}`, name: excerpt }),
            now,
            text: 'Mine.',
          });
          const [, body = ''] = /^---\n[\s\S]*?\n---\n([\s\S]*)$/.exec(text) ?? [];
          expect(body.replace(/^\s*<!--[\s\S]*?-->\s*/, '')).toBe('Mine.\n');
          expect(text).not.toContain('\u001b');
        },
      ),
      { numRuns: 200 },
    ));

  test.each(['{% comment %}', '{{/* a', '{% raw %}', '{{{% comment %}', '{{< highlight go >}}'])(
    'what was said cannot take the words of the owner with it: %s',
    async (excerpt) => {
      const said = object({ excerpt });
      const { text } = newReply({ kind: 'reply', url, object: said, now, text: 'My words.' });
      const remote = printRemoteCache({ actors: new Map(), objects: new Map([[url, said]]) });
      const { site } = await contentFolder({ 'remote.json': remote, 'notes/a.md': text }).read();
      expect(site.posts[0]?.html).toContain('My words.');
    },
  );
});
