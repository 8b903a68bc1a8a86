import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { readSettings, type Settings } from '../../build/settings.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { freePort, runCommand } from '../../scripts/demo/world.ts';
import type { Store } from '../../server/store/store.ts';
import { until } from './until.ts';

/** The machine on which an owner writes, builds and decides; `publish` is the host's. */
export interface Desk {
  readonly origin: string;
  readonly handle: string;
  readonly actor: string;
  readonly inbox: string;
  readonly settings: Settings;
  write(file: string, text: string): void;
  /** Changes a part of a file that is there. */
  edit(file: string, from: string, to: string): void;
  remove(file: string): void;
  /** Runs a command that succeeds; gives what it printed. */
  run(name: string, ...args: string[]): Promise<string>;
  /** Answers with `npm run reply`; gives the file and the id of the note. */
  reply(url: string, text: string): Promise<Note>;
  close(): Promise<void>;
}

/** Something that the owner wrote. */
export interface Note {
  readonly file: string;
  readonly id: string;
}

/** A blog that takes part, as its owner and its host have it. */
export interface LiveBlog {
  readonly desk: Desk;
  /** What it remembers. */
  readonly store: Store;
  /** What the owner reads of others, as text. */
  read(): Promise<string>;
  /** Why a publish would keep something back, by code. */
  held(): Promise<string[]>;
  /**
   * Builds, plans, publishes what `confirm` releases too, and gives the types of what was sent. Whatever is held fails; and
   * so does a second publish that would send anything.
   */
  publish(...confirm: string[]): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens an empty content folder for a blog on a port of loopback. */
export async function openDesk(username: string): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), `postern-${username}-`));
  const port = String(await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const own = {
    ...{ POSTERN_ORIGIN: origin, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1', PORT: port },
    ...{ POSTERN_CONTENT: join(folder, 'content'), POSTERN_DATA: join(folder, '.postern') },
  };
  const { PATH, HOME, TMPDIR } = process.env;
  const settings = readSettings(own, folder);
  const place = (file: string): string => join(settings.contentFolder, file);
  const { actor, inbox, host } = addressesOf(origin);
  const desk: Desk = {
    ...{ origin, actor, inbox, settings, handle: `@${username}@${host}` },
    write(file, text) {
      mkdirSync(dirname(place(file)), { recursive: true });
      writeFileSync(place(file), text);
    },
    edit(file, from, to) {
      const text = readFileSync(place(file), 'utf8');
      expect(text).toContain(from);
      writeFileSync(
        place(file),
        text.replace(from, () => to),
      );
    },
    remove: (file) => rmSync(place(file)),
    async run(name, ...args) {
      const { code, stdout, stderr } = await runCommand(name, args, { PATH, HOME, TMPDIR, NO_COLOR: '1', ...own });
      expect([name, code, stderr]).toEqual([name, 0, expect.any(String)]);
      return stdout;
    },
    async reply(url, text) {
      const told = JSON.parse(await desk.run('reply', url, text, '--json'));
      const path = String(told.file);
      const file = path.slice(path.indexOf('notes/'));
      const [, key = ''] = /^id: (.*)$/m.exec(readFileSync(place(file), 'utf8')) ?? [];
      return noteOf(desk, key, file);
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
  desk.write(
    'profile.md',
    `---\nusername: ${username}\nname: ${nameOf(username)}\nlanguage: en\nreading: {days: 30}\n---\nHello.\n`,
  );
  return desk;
}

/** Waits for something that takes another server: as `until`, less often, for each look is work for a whole host. */
export function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  return until(what, ask, 60_000, 100);
}

export function nameOf(username: string): string {
  return username.charAt(0).toUpperCase() + username.slice(1);
}

/** A note of this moment, under its `id`. */
export function writeNote(desk: Desk, key: string, frontMatter: string, body = ''): Note {
  const file = `notes/${key}.md`;
  desk.write(file, `---\nid: ${key}\ndate: ${new Date().toISOString()}\n${frontMatter}---\n\n${body}\n`);
  return noteOf(desk, key, file);
}

function noteOf({ origin }: Desk, key: string, file: string): Note {
  return { file, id: `${origin}/ap/notes/${key}.json` };
}

/** An article of this moment. */
export function writePost(desk: Desk, key: string, body: string): Note {
  const file = `posts/${key}.md`;
  desk.write(file, `---\ntitle: The ${key}\nid: ${key}\ndate: ${new Date().toISOString()}\n---\n\n${body}\n`);
  return { file, id: `${desk.origin}/ap/posts/${key}.json` };
}

export async function textAt(url: string, accept = 'text/html'): Promise<string> {
  const response = await fetch(url, { headers: { accept } });
  return response.text();
}

export async function jsonAt(url: string): Promise<ReturnType<typeof JSON.parse>> {
  return JSON.parse(await textAt(url, 'application/activity+json'));
}

/** The address of the page of something. */
export async function pageOf({ id }: Note): Promise<string> {
  return String((await jsonAt(id)).url);
}

/** What stands below something, as its page shows it to who asks now. */
export function commentsOf({ id }: Note): Promise<string> {
  return textAt(id.replace('/ap/', '/ap/comments/').replace(/\.json$/, ''));
}

/** The kinds of what the owner was told, oldest first. */
export async function toldOf({ store }: Pick<LiveBlog, 'store'>): Promise<string[]> {
  return (await store.notifications.list(100)).map(({ kind }) => kind).toReversed();
}
