import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import type { UserConfig } from '@11ty/eleventy';
import { copyFiles, type TextFile, writeFiles } from './build/emit.ts';
import { collectGarbage } from './build/engine.ts';
import { loadPublicKeys } from './build/keys.ts';
import type { Document, Fault } from './build/model.ts';
import { loadOwnerKeys } from './build/owner-keys.ts';
import { toPeerHtml } from './build/peer-html.ts';
import { readContent, type SiteCache } from './build/read-site.ts';
import { readSettings, type Settings } from './build/settings.ts';
import { type ComingOut, type Content, type SiteMoment, type SiteReading, siteAt } from './build/site-at.ts';
import { type BuildSource, readSource } from './build/source.ts';
import { readVersion } from './build/version.ts';
import { emitFederation } from './federation/emission.ts';
import { PosternError } from './federation/errors.ts';
import type { InteractionCounts } from './federation/interaction.ts';
import { withOwnThreads } from './federation/own-threads.ts';
import type { PollTally } from './federation/question.ts';
import type { Thread } from './federation/thread.ts';
import { renderPage } from './templates/page.ts';
import { activityOf, renderPost } from './templates/post.ts';
import { renderRedirect } from './templates/redirect.ts';
import { type SitePage, sitePages } from './templates/site-pages.ts';
import { absolute, createTheme, type Theme } from './templates/theme.ts';
import { renderTranslation } from './templates/translation.ts';

/** What a finished build tells: the event `postern.built` carries it. */
export interface BuildFacts {
  readonly origin: string;
  readonly originFrom: SiteReading['originFrom'];
  readonly handle: string;
  readonly posts: number;
  readonly notes: number;
  readonly pages: number;
  /** Files of the site, pictures included. */
  readonly files: number;
  /** What is dated ahead, soonest first, and so in none of them. */
  readonly scheduled: readonly ComingOut[];
  readonly warnings: readonly Fault[];
  /** Why pages lack what others said about them. */
  readonly unheard?: string;
}

export interface BuildOptions extends Partial<SiteMoment> {
  /** The environment's unless given. */
  readonly settings?: Settings;
  /** Made by `createSiteCache`: a next build with the same one reads only what changed since. */
  readonly cache?: SiteCache;
  /** For eyes only: nothing that was approved is sent of it while something is dated ahead. */
  readonly look?: boolean;
  /** Is given what the builds of later times stand on, when something is dated ahead. */
  readonly onLater?: (base: LayerBase) => unknown;
  /** Makes the site as of a later `now` from what another build has read, and copies no file that the other did. */
  readonly base?: LayerBase;
  /** What is shown of others' answers, by the id of the post's object. */
  readonly threads?: ReadonlyMap<string, Thread>;
  /** The same in numbers, also of posts whose thread is not given. */
  readonly counts?: ReadonlyMap<string, InteractionCounts>;
  /** What was voted in the posts' polls, by the ids of their objects. */
  readonly tallies?: ReadonlyMap<string, PollTally>;
}

/** What one build leaves for those of later times. */
export interface LayerBase {
  readonly content: Content;
  readonly source: BuildSource | undefined;
  readonly copied: ReadonlySet<string>;
}

/** One build's reading of the content, with its templates ready. */
interface Current extends SiteReading {
  readonly theme: Theme;
  /** The documents of the site by their Markdown file. */
  readonly render: ReadonlyMap<string, { readonly document: Document; readonly html: () => string }>;
  readonly source: BuildSource | undefined;
  /** Its `content` is nobody's. */
  readonly preview: boolean;
  readonly counts: ReadonlyMap<string, InteractionCounts>;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readAll(
  { contentFolder, dataFolder, origin }: Settings,
  { cache, live }: BuildOptions,
): Promise<Content> {
  const keys = await loadPublicKeys(contentFolder);
  if (!keys) {
    throw new PosternError(
      'public-keys-missing',
      `${contentFolder} has no keys.json, the public half of the blog's keys.`,
      {
        hint: 'Run npm run build: it makes the keys on the first run. Then commit keys.json.',
      },
    );
  }
  return readContent({
    contentFolder,
    dataFolder,
    origin,
    keys,
    ownerKeys: await loadOwnerKeys(contentFolder),
    ...(cache ? { cache } : {}),
    ...(live ? { live } : {}),
  });
}

async function read(settings: Settings, options: BuildOptions, now: number): Promise<Current> {
  const { base, onLater, retired, live, threads = new Map(), counts = new Map(), tallies = new Map() } = options;
  const content = base?.content ?? (await readAll(settings, options));
  const source = base ? base.source : await readSource(settings.contentFolder);
  const reading = siteAt(content, { now, ...(retired ? { retired } : {}), ...(live ? { live } : {}) });
  const copies = reading.copies.filter(({ to }) => !base?.copied.has(to));
  // Only then is the content kept in memory beside the site.
  if (reading.later.length > 0) onLater?.({ content, source, copied: new Set(copies.map(({ to }) => to)) });
  const { site } = reading;
  // A look at all that is ahead is a look from today.
  const shown = withOwnThreads({ sha256, peerHtml: toPeerHtml }, site, { threads, counts });
  const theme = createTheme(site, {
    ...shown,
    tallies,
    rules: site.rules,
    now: Number.isFinite(now) ? now : Date.now(),
  });
  const render = new Map<string, { document: Document; html: () => string }>();
  // The parts of a thread share the page of the first.
  for (const post of reading.site.posts.filter(({ part }) => part === undefined || part.number === 1))
    render.set(post.source, { document: post, html: () => renderPost(theme, post) });
  for (const page of reading.site.pages)
    render.set(page.source, { document: page, html: () => renderPage(theme, page) });
  for (const translation of reading.site.translations ?? [])
    render.set(translation.source, { document: translation, html: () => renderTranslation(theme, translation) });
  // Without what comes later the plan would miss a post that was only put off.
  const preview = now === Number.POSITIVE_INFINITY || (options.look === true && reading.later.length > 0);
  return { ...reading, copies, theme, render, source, preview, counts };
}

function* redirects({ site, theme }: Current): Generator<TextFile> {
  for (const document of [...site.posts, ...site.pages, ...(site.translations ?? [])]) {
    const activity = 'key' in document ? activityOf(theme, document) : undefined;
    const text = renderRedirect(absolute(theme, document.path), activity);
    for (const old of document.redirects) {
      const place = decodeURI(old);
      yield { path: place.endsWith('/') ? `${place}index.html` : place, text };
    }
  }
}

function* federated({ site, source, preview, counts }: Current): Generator<TextFile> {
  const deps = { sha256, peerHtml: toPeerHtml };
  const options = { version: readVersion(), preview, counts, ...(source ? { source } : {}) };
  for (const { path, json } of emitFederation(deps, site, options)) yield { path, text: json };
}

function emit(current: Current, output: string): string[] {
  return [
    ...writeFiles(output, federated(current)),
    ...writeFiles(output, redirects(current)),
    ...copyFiles(output, current.copies),
  ];
}

function factsOf({ site, theme, originFrom, later, warnings }: Current, files: number): BuildFacts {
  return {
    origin: site.profile.origin,
    originFrom,
    handle: theme.handle,
    posts: site.posts.filter((post) => post.kind === 'article').length,
    notes: site.posts.filter((post) => post.kind === 'note').length,
    pages: site.pages.length,
    files,
    scheduled: later,
    warnings,
  };
}

/** The build as Eleventy runs it by itself. */
export default function postern(config: UserConfig): void {
  configure(config);
}

/**
 * The build as Eleventy runs it. Markdown files are Eleventy templates whose front matter and body `build/` has read and
 * checked before; the ActivityPub files are written from the same reading; the theme's own pages are one paginated
 * template. What is dated after `now` is left out; `Infinity` shows all of it, for a look that nothing is sent of.
 */
export function configure(config: UserConfig, options: BuildOptions = {}): void {
  const settings = options.settings ?? readSettings(process.env, process.cwd());
  let current: Current | undefined;
  let emitted = 0;
  const known = (): Current => {
    if (!current) throw new Error('the content is read before the templates are');
    return current;
  };
  // Eleventy asks for each file four times, and paths are dear to compare.
  const sources = new Map<string, string>();
  const find: Find = (inputPath) => {
    let source = sources.get(inputPath);
    if (source === undefined) {
      source = relative(settings.contentFolder, resolve(inputPath)).replaceAll('\\', '/');
      sources.set(inputPath, source);
    }
    return known().render.get(source);
  };

  config.setUseGitIgnore(false);
  // Data files belong to the generator a blog comes from; Postern's only settings file is profile.md.
  config.setDataFileSuffixes([]);
  // Nothing in a post's data is merged, and a deep copy of what all pages share costs more than rendering the page.
  config.setDataDeepMerge(false);
  // Set, not returned: Eleventy ignores what a configuration returns when it is handed over. Nothing else in content/ is a
  // template, whatever its name.
  config.setTemplateFormats([...MARKDOWN_EXTENSIONS, SITE_PAGES]);
  addDocuments(config, find);
  addSitePages(config, () => sitePages(known().theme));

  config.on('eleventy.before', async ({ directories }) => {
    current = await read(settings, options, options.now ?? Date.now());
    emitted = emit(current, resolve(directories.output)).length;
    // Eleventy holds every page until all are written: what only the objects needed need not be held beside them.
    for (const post of current.site.posts) post.markdown = '';
    if (!options.cache) collectGarbage();
  });
  config.on('eleventy.after', async ({ results }) => {
    const written = results.filter(({ outputPath }) => outputPath !== false);
    assertNoneLost(known(), new Set(written.map(({ inputPath }) => find(inputPath))));
    await config.events.emit('postern.built', factsOf(known(), written.length + emitted));
  });
}

type Rendered = Current['render'] extends ReadonlyMap<string, infer One> ? One : never;

/** Finds what was read of a Markdown file, by the path that Eleventy has for it. */
type Find = (inputPath: string) => Rendered | undefined;

function addDocuments(config: UserConfig, find: Find): void {
  config.addExtension(MARKDOWN_EXTENSIONS, {
    ...OWN_FORMAT,
    read: false,
    getData: (inputPath) => {
      const found = find(inputPath);
      return { ...OWN_DATA, permalink: found ? decodeURI(found.document.path) : false };
    },
    compile: (_content, inputPath) => () => find(inputPath)?.html() ?? '',
  });
}

function addSitePages(config: UserConfig, pages: () => readonly SitePage[]): void {
  config.addGlobalData('sitePages', pages);
  config.addTemplate(`site-pages.${SITE_PAGES}`, '');
  config.addExtension<{ sitePage: SitePage }>(SITE_PAGES, {
    ...OWN_FORMAT,
    read: true,
    getData: () => ({
      ...OWN_DATA,
      pagination: { data: 'sitePages', size: 1, alias: 'sitePage' },
      permalink: ({ sitePage }: { sitePage: SitePage }) => decodeURI(sitePage.path),
    }),
    compile: () => (data) => data.sitePage.render(),
  });
}

function assertNoneLost({ render }: Current, written: ReadonlySet<Rendered | undefined>): void {
  const lost = [...render.values()].find((found) => !written.has(found));
  if (lost) throw new Error(`${lost.document.source} was read, and Eleventy wrote no page for it`);
}

/** The theme's own pages are a format of their own, which no file of anybody's has. */
const SITE_PAGES = 'postern-site-pages';
const MARKDOWN_EXTENSIONS = ['md', 'markdown', 'mdown'];

const OWN_FORMAT = { outputFileExtension: 'html', useLayouts: false, compileOptions: { cache: false } } as const;

/**
 * Eleventy dates a template by its file unless told; the pages carry their own dates. Postern has its own lists, and
 * Eleventy's collections would hold every post a second time.
 */
const OWN_DATA = { date: new Date(0), eleventyExcludeFromCollections: true } as const;
