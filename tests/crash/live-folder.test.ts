import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { putLive } from '../../scripts/put-live.ts';
import { openSiteFolder } from '../../server/site-folder.ts';
import { type Bundle, bundle } from './bundle.ts';

/** Enough pages that a removal is under way for a while. */
const PAGES = 60;

let child: Bundle;
let data: string;
let site: string;

beforeAll(async () => {
  child = await bundle('live-child');
});
afterAll(() => child.remove());
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'postern-live-'));
  site = join(data, 'site');
  makeSite(site, 'old');
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function makeSite(folder: string, text: string): void {
  mkdirSync(folder);
  for (let page = 0; page < PAGES; page += 1) writeFileSync(join(folder, `${page}.html`), text);
}

/** Puts a new site live in a process that is killed at a step. Gives whether it was. */
async function putLiveAndDie(step: number): Promise<boolean> {
  makeSite(`${site}.made`, 'new');
  const started = spawn(process.execPath, [child.path, site, site, `${step}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const signal = await new Promise((resolve) => started.once('close', (_, by) => resolve(by)));
  rmSync(`${site}.made`, { recursive: true, force: true });
  return signal === 'SIGKILL';
}

/** What a reader finds: the text of every page, each text once. */
async function readAll(): Promise<string[]> {
  const folder = openSiteFolder(site);
  const texts = new Set<string>();
  for (let page = 0; page < PAGES; page += 1) {
    const file = await folder.find(`/${page}.html`);
    texts.add(file ? readFileSync(file.path, 'utf8') : 'missing');
  }
  return [...texts];
}

test('a site that is being put live by a process that is killed at any step → readers find the old one or the new one, whole', async () => {
  const found: string[][] = [];
  for (let step = 1; await putLiveAndDie(step); step += 1) {
    found.push(await readAll());
    makeSite(`${site}.staged-${process.pid}`, 'old');
    putLive(`${site}.staged-${process.pid}`, site);
    expect(readdirSync(data)).toEqual(['site']);
    expect(await readAll()).toEqual(['old']);
  }
  expect(new Set(found.map((texts) => texts.join()))).toEqual(new Set(['old', 'new']));
  expect(found.length).toBeGreaterThanOrEqual(6);
});

test('a new site that cannot be put there → the old one stays', async () => {
  expect(() => putLive(join(data, 'absent'), site)).toThrow('ENOENT');
  // Before anybody reads, who would mend it.
  expect(readdirSync(data)).toEqual(['site']);
  expect(await readAll()).toEqual(['old']);
});

test('what another process works on, or nobody made, is left alone', async () => {
  const others = [
    'site.staged-1',
    'site.next-1',
    'site.old-1',
    'site.staged-1.next-1',
    'site.notes',
    'sites.old-999999999',
  ];
  for (const name of others) cpSync(site, join(data, name), { recursive: true });
  for (const left of ['next', 'layer']) mkdirSync(join(data, `site.staged-999999999.${left}-999999999`));
  makeSite(join(data, 'built'), 'new');
  putLive(join(data, 'built'), site);
  expect(readdirSync(data).toSorted()).toEqual(['site', ...others].toSorted());
});

test('a folder whose removal was cut short is not taken for a site', async () => {
  rmSync(site, { recursive: true });
  mkdirSync(`${site}.gone-999999999`);
  expect(await readAll()).toEqual(['missing']);
});
