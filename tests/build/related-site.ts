import type { Post, Site } from '../../build/model.ts';
import { printRemoteCache } from '../../build/remote-cache.ts';
import { contentFolder } from './content-folder.ts';

/** Others whom a blog knows, and what one of them said. */
export const ANN = {
  ...{ id: 'https://a.example/users/ann', handle: '@ann@a.example', url: 'https://a.example/@ann' },
  inbox: 'https://a.example/users/ann/inbox',
};
export const BOB = {
  ...ANN,
  id: 'https://b.example/users/bob',
  handle: '@bob@b.example',
  url: 'https://b.example/@bob',
};
export const SAID = { id: 'https://a.example/users/ann/1', url: 'https://a.example/@ann/1', type: 'Note', author: ANN };
export const REMOTE = printRemoteCache({
  actors: new Map([['@bob@b.example', BOB]]),
  objects: new Map([[SAID.url, SAID]]),
});

/** A note with these lines of front matter. */
export const note = (head = '', body = 'Text.\n', date = '2026-11-21T10:00:00Z'): string =>
  `---\ndate: ${date}\n${head === '' ? '' : `${head}\n`}---\n${body}`;

export async function siteOf(
  files: Record<string, string>,
  more: { now?: number; retired?: Set<string> } = {},
): Promise<Site> {
  return (await contentFolder({ 'remote.json': REMOTE, ...files }).read(more)).site;
}

export const postOf = (site: Pick<Site, 'posts'>, key: string): Post => {
  const post = site.posts.find((each) => each.key === key);
  if (!post) throw new Error(`no ${key} among ${site.posts.map((each) => each.key)}`);
  return post;
};
export const faultsOf = (files: Record<string, string>) => contentFolder({ 'remote.json': REMOTE, ...files }).faults();
