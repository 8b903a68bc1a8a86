import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readDoc } from './tables.ts';

const FOLDER = fileURLToPath(new URL('../../docs/', import.meta.url));
const PAGES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const OF_ROOT = ['../README.md', '../CONTRIBUTING.md', '../FEDERATION.md'];

/** Fenced blocks and code show links that are none. */
function withoutCode(text: string): string {
  return text.replace(/^\s*```[\s\S]*?^\s*```/gm, '').replace(/`[^`\n]+`/g, '');
}

/** The anchors that git hosts make of the headings of a file. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('each page is in the index', () => {
  const index = readDoc('README.md');
  for (const page of PAGES.filter((name) => name !== 'README.md')) expect(index).toContain(`](${page}`);
});

test.each([...PAGES, ...OF_ROOT])('%s: its links lead to files and headings that are there', (page) => {
  const links = [...withoutCode(readDoc(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  for (const link of links.filter((target) => !/^[a-z]+:/.test(target))) {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join(FOLDER, page) : join(FOLDER, dirname(page), path);
    expect([link, existsSync(file)]).toEqual([link, true]);
    if (anchor !== undefined) expect([link, anchorsOf(file)]).toEqual([link, expect.arrayContaining([anchor])]);
  }
});
