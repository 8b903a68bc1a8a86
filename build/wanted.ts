import { readFileSync } from 'node:fs';
import { type ContentFile, listContent, stampOf } from './content-files.ts';
import { type DocumentHead, readHead } from './document.ts';
import { byPlace } from './fault-report.ts';
import { FOLLOWING, readFollowing } from './following.ts';
import { createMarkdown, type Markdown } from './markdown.ts';
import { type OwnName, ownName } from './people.ts';
import { readProfileHead } from './profile.ts';
import { isWebAddress } from './reference-schema.ts';
import { REFERENCES } from './relations.ts';
import { peopleOf, type RemoteCacheRead, readRemoteCache } from './remote-cache.ts';
import type { Settings } from './settings.ts';

/** Something or somebody elsewhere that the content names. */
export interface Wanted {
  readonly kind: 'object' | 'person';
  /** The address as it is written, or `@user@host` in lower case. */
  readonly what: string;
  /** What to ask for: the same, with a name as it is written. */
  readonly asked: string;
  /** Every place that names it, in the order of the files. */
  readonly places: readonly WantedPlace[];
  readonly isKnown: boolean;
}

export interface WantedPlace {
  /** Relative to the content folder. */
  readonly file: string;
  readonly line: number;
}

export interface WantedRead {
  readonly wanted: readonly Wanted[];
  /** What is known by now, and what is wrong with that file. */
  readonly remote: RemoteCacheRead;
  readonly own: OwnName;
}

type Named = Pick<Wanted, 'kind' | 'what' | 'asked'> & WantedPlace;

/** What one call leaves for the next: by file, with its stamp. */
export type WantedMemory = Map<string, { readonly stamp: string; readonly named: readonly Named[] }>;

/** A file in which neither stands names nobody: most posts are not looked into any further. */
const MAY_NAME = /@[^\s@]+@|in[-_]?reply[-_]?to|like[-_]?of|repost[-_]?of|quot(?:e|ation)[-_]?of/i;

const DEFAULTS = { language: 'en', otherKeys: 'ignore', teaser: false } as const;

/**
 * Finds what the content names of others, without reading all of it as a build does: drafts left out, what is dated ahead
 * included. What is wrong with a file is the build's to say.
 */
export function findWanted({ contentFolder, origin }: Settings, memory: WantedMemory = new Map()): WantedRead {
  const { fields } = readProfileHead(contentFolder, origin);
  const own = ownName(origin, fields);
  const remote = readRemoteCache(contentFolder);
  const { entries } = readFollowing(contentFolder, { ownHandles: own.handles, blocks: { accounts: [], hosts: [] } });
  const read = createReader();
  const named = listContent(contentFolder).documents.flatMap((file) => {
    if (file.kind === 'page') return [];
    const stamp = stampOf(file.file);
    const known = memory.get(file.source);
    if (known?.stamp === stamp) return known.named;
    const found = read(file);
    memory.set(file.source, { stamp, named: found });
    return found;
  });
  const followed = entries.map(
    ({ handle, written, line }): Named => ({ kind: 'person', what: handle, asked: written, file: FOLLOWING, line }),
  );
  const people = peopleOf(remote.cache);
  const isKnown = ({ kind, what }: Named): boolean => (kind === 'person' ? people : remote.cache.objects).has(what);
  return {
    wanted: gather(
      [...named, ...followed].filter((each) => isOthers(each, own)),
      isKnown,
    ),
    remote,
    own,
  };
}

function createReader(): (file: ContentFile) => Named[] {
  let markdown: Markdown | undefined;
  return (file) => {
    const text = readFileSync(file.file, 'utf8');
    const { head } = MAY_NAME.test(text) ? readHead(file, text, DEFAULTS) : {};
    // What an imported post names was told where it stood before.
    if (!head || head.fields.originalUrl !== undefined) return [];
    markdown ??= createMarkdown();
    return [...referencesOf(head), ...mentionsOf(head, markdown)];
  };
}

function referencesOf({ fields, file, lineOf }: DocumentHead): Named[] {
  return REFERENCES.flatMap((field): Named[] => {
    const what = fields[field];
    return what === undefined || !isWebAddress(what)
      ? []
      : [{ kind: 'object', what, asked: what, file: file.source, line: lineOf(field) }];
  });
}

function mentionsOf({ file, body, bodyLine }: DocumentHead, markdown: Markdown): Named[] {
  if (!body.includes('@')) return [];
  const { mentions } = markdown.parse(body, { name: '', hashtags: false, people: () => undefined });
  return mentions.map(({ handle, written, line }) => ({
    kind: 'person',
    what: handle,
    asked: written,
    file: file.source,
    line: bodyLine + line - 1,
  }));
}

function isOthers({ kind, what }: Named, { handles, origins }: OwnName): boolean {
  return kind === 'person' ? !handles.has(what) : !origins.has(new URL(what).origin);
}

function gather(named: readonly Named[], isKnown: (named: Named) => boolean): Wanted[] {
  const found = new Map<string, Wanted & { readonly places: WantedPlace[] }>();
  const inOrder = named.map((each) => ({ ...each, message: '' })).sort(byPlace);
  for (const each of inOrder) {
    const { kind, what, asked, file, line } = each;
    const before = found.get(what);
    if (before) before.places.push({ file, line });
    else found.set(what, { kind, what, asked, places: [{ file, line }], isKnown: isKnown(each) });
  }
  return [...found.values()];
}
