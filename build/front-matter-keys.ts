/** The keys of a post that mean something here. */
export const FIELDS = [
  'title',
  'date',
  'updated',
  'description',
  'tags',
  'lang',
  'draft',
  'image',
  'imageAlt',
  'contentWarning',
  'sensitive',
  'visibility',
  'id',
  'slug',
  'permalink',
  'federate',
  'pinned',
  'teaser',
  'redirects',
] as const;

export type Field = (typeof FIELDS)[number];

/**
 * What other generators call the same things, best first. Names are compared without case, `-` and `_`, so that
 * `featured_image`, `featured-image` and `featuredImage` are one.
 */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  title: ['title'],
  date: [
    'date',
    'pubDate',
    'pubDatetime',
    'publishDate',
    'published',
    'publishedAt',
    'datePublished',
    'publishedDate',
    'created',
    'createdAt',
    'dateCreated',
  ],
  updated: [
    'updated',
    'lastmod',
    'modified',
    'lastModified',
    'lastModifiedAt',
    'updatedDate',
    'updatedAt',
    'modDatetime',
    'dateModified',
    'modifiedAt',
    'lastUpdated',
  ],
  description: ['description', 'excerpt', 'summary', 'abstract', 'metaDescription'],
  tags: ['tags', 'tag', 'categories', 'category', 'taxonomies', 'keywords'],
  lang: ['lang', 'language', 'locale'],
  draft: ['draft', 'isDraft', 'private', 'hidden', 'status'],
  image: [
    'image',
    'cover',
    'coverImage',
    'featuredImage',
    'featureImage',
    'heroImage',
    'hero',
    'banner',
    'images',
    'ogImage',
    'socialImage',
    'thumbnail',
    'thumb',
  ],
  imageAlt: [
    'imageAlt',
    'alt',
    'coverAlt',
    'coverImageAlt',
    'featuredImageAlt',
    'featureImageAlt',
    'heroImageAlt',
    'heroAlt',
    'bannerAlt',
    'ogImageAlt',
    'thumbnailAlt',
  ],
  contentWarning: ['contentWarning', 'cw'],
  sensitive: ['sensitive', 'nsfw'],
  visibility: ['visibility'],
  id: ['id'],
  slug: ['slug'],
  permalink: ['permalink', 'url', 'path'],
  federate: ['federate'],
  pinned: ['pinned', 'pin', 'sticky'],
  teaser: ['teaser'],
  redirects: ['redirects', 'aliases', 'alias', 'redirectFrom'],
};

/** Keys of other generators and their themes that have no meaning here: read over, never a fault. */
const IGNORED = [
  // Who wrote it: the blog is one account.
  'author',
  'authors',
  'authorUrl',
  'avatar',
  'contributors',
  'editor',
  // Layout, order and menus.
  'layout',
  'template',
  'pageTemplate',
  'type',
  'kind',
  'weight',
  'order',
  'sortBy',
  'menu',
  'menus',
  'nav',
  'navigation',
  'eleventyNavigation',
  'eleventyExcludeFromCollections',
  'eleventyComputed',
  'eleventyImport',
  'templateEngineOverride',
  'collection',
  'collections',
  'pagination',
  'parent',
  'children',
  'section',
  'sidebar',
  'header',
  'headers',
  'footer',
  'theme',
  'class',
  'classes',
  'bodyClass',
  'pageClass',
  'cssclass',
  'cssclasses',
  'css',
  'js',
  'script',
  'scripts',
  'style',
  'styles',
  'stylesheet',
  'components',
  'setup',
  'icon',
  'color',
  'emoji',
  'linkTitle',
  'shortTitle',
  'subtitle',
  'tagline',
  // Switches of themes.
  'toc',
  'tocOpen',
  'showToc',
  'tocIcon',
  'tocSticky',
  'math',
  'katex',
  'mathjax',
  'latex',
  'mermaid',
  'diagram',
  'codeCopyButtons',
  'comments',
  'comment',
  'commenting',
  'disqus',
  'disableComments',
  'share',
  'sharing',
  'social',
  'related',
  'readTime',
  'readingTime',
  'wordCount',
  'showReadingTime',
  'hideMeta',
  'hideSummary',
  'searchHidden',
  'featured',
  'highlight',
  'syntaxHighlighter',
  'enableToc',
  'copyright',
  'license',
  'lightgallery',
  'top',
  'single',
  'usePageBundles',
  // Data of the generator.
  'extra',
  'params',
  'data',
  'cascade',
  'outputs',
  'build',
  'markup',
  'isCJKLanguage',
  'series',
  'seriesOrder',
  'translationKey',
  'ref',
  'expiryDate',
  'headless',
  'resources',
  'bookHidden',
  'excerptSeparator',
  'renderWithLiquid',
  'published',
  'transparent',
  'inSearchIndex',
  'insertAnchorLinks',
  'generateFeeds',
  'generateFeed',
  'paginateBy',
  'redirectTo',
  'sitemap',
  // For search engines and other sites.
  'robots',
  'noindex',
  'seo',
  'seoTitle',
  'metaTitle',
  'canonical',
  'canonicalUrl',
  'og',
  'opengraph',
  'twitter',
  'search',
  'source',
  'via',
  'crosspost',
  'syndication',
  'guid',
  'wordpressId',
  'wpId',
  'wordpressUrl',
  'postId',
  'dsqThreadId',
  'commentId',
  'bloggerId',
  'ghostId',
  'uuid',
  'meta',
  'imageCaption',
  'imageCredit',
  'coverCaption',
  'caption',
  'credit',
  'timezone',
  'time',
];

/** What to do with one key of a file. `rank` orders the names of one field: the lowest wins. */
export type KeyMeaning =
  | { readonly kind: 'field'; readonly field: Field; readonly rank: number }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'typo'; readonly nearest: string }
  | { readonly kind: 'unknown'; readonly nearest?: string };

const MEANINGS = new Map<string, KeyMeaning>([
  ...IGNORED.map((name): [string, KeyMeaning] => [fold(name), { kind: 'ignored' }]),
  ...FIELDS.flatMap((field) =>
    NAMES[field].map((name, rank): [string, KeyMeaning] => [fold(name), { kind: 'field', field, rank }]),
  ),
]);

const KNOWN_NAMES = FIELDS.flatMap((field) => NAMES[field]);
const seen = new Map<string, KeyMeaning>();

/** Says what a key means. Keys repeat over thousands of files, so each spelling is looked into once. */
export function meaningOfKey(key: string): KeyMeaning {
  const known = seen.get(key);
  if (known) return known;
  const meaning = MEANINGS.get(fold(key)) ?? compare(key);
  if (seen.size < 10_000) seen.set(key, meaning);
  return meaning;
}

/** The name among `names` that is nearest to what was written, and how many edits away it is. */
export function nearestName(key: string, names: readonly string[]): { name: string; edits: number } | undefined {
  let best: { name: string; edits: number } | undefined;
  for (const name of names) {
    const edits = editDistance(fold(key), fold(name));
    if (!best || edits < best.edits) best = { name, edits };
  }
  return best;
}

/**
 * A slip of the pen is one edit from a word of four or five letters, two from a longer one. Shorter names are left
 * out: too many honest words are that near to `id` or `url`.
 */
export function isTypo(key: string, edits: number): boolean {
  const length = fold(key).length;
  return length >= 6 ? edits <= 2 : length >= 3 && edits <= 1;
}

function compare(key: string): KeyMeaning {
  const nearest = nearestName(
    key,
    KNOWN_NAMES.filter((name) => name.length >= 4),
  );
  if (!nearest) return { kind: 'unknown' };
  if (isTypo(key, nearest.edits)) return { kind: 'typo', nearest: nearest.name };
  return nearest.edits <= 3 ? { kind: 'unknown', nearest: nearest.name } : { kind: 'unknown' };
}

function fold(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '');
}

/** Edits between two words: a letter put in, left out, changed, or two neighbours swapped (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      row.push(edits);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
