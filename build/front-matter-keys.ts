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
  'inReplyTo',
  'likeOf',
  'repostOf',
  'quotationOf',
  'originalUrl',
  'poll',
  'thread',
  'translationOf',
] as const;

export type Field = (typeof FIELDS)[number];

/**
 * What other generators call the same things, best first. Names are compared without case, `-` and `_`, so that
 * `featured_image`, `featured-image` and `featuredImage` are one.
 */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  title: words('title'),
  date: words(
    'date pubDate pubDatetime publishDate published publishedAt datePublished publishedDate created createdAt dateCreated',
  ),
  updated: words(
    'updated lastmod modified lastModified lastModifiedAt updatedDate updatedAt modDatetime dateModified modifiedAt lastUpdated',
  ),
  description: words('description excerpt summary abstract metaDescription'),
  tags: words('tags tag categories category taxonomies keywords'),
  lang: words('lang language locale'),
  draft: words('draft isDraft private hidden password protected status'),
  image: words(
    'image cover coverImage featuredImage featureImage heroImage hero banner images ogImage socialImage thumbnail thumb',
  ),
  imageAlt: words(
    'imageAlt alt coverAlt coverImageAlt featuredImageAlt featureImageAlt heroImageAlt heroAlt bannerAlt ogImageAlt thumbnailAlt',
  ),
  contentWarning: words('contentWarning cw'),
  sensitive: words('sensitive nsfw'),
  visibility: words('visibility'),
  id: words('id'),
  slug: words('slug'),
  permalink: words('permalink url path'),
  federate: words('federate'),
  pinned: words('pinned pin sticky'),
  teaser: words('teaser'),
  redirects: words('redirects aliases alias redirectFrom redirect'),
  // The names of IndieWeb (microformats2: in-reply-to, like-of, repost-of, quotation-of).
  inReplyTo: words('inReplyTo'),
  likeOf: words('likeOf'),
  repostOf: words('repostOf'),
  quotationOf: words('quotationOf quoteOf'),
  originalUrl: words('originalUrl'),
  poll: words('poll'),
  thread: words('thread'),
  translationOf: words('translationOf'),
};

/** Keys of other generators and their themes that have no meaning here: read over, never a fault. */
const IGNORED = [
  // Who wrote it: the blog is one account.
  ...words('author authors authorUrl avatar contributors editor'),
  // Layout, order and menus.
  ...words(
    'layout template pageTemplate type kind weight order sortBy menu menus nav navigation eleventyNavigation templateEngineOverride',
  ),
  ...words(
    'eleventyExcludeFromCollections eleventyComputed eleventyImport collection collections pagination parent children section sidebar',
  ),
  ...words(
    'header headers footer theme class classes bodyClass pageClass cssclass cssclasses css js script scripts style styles stylesheet',
  ),
  ...words('components setup icon color emoji linkTitle shortTitle subtitle tagline'),
  // Switches of themes.
  ...words(
    'toc tocOpen showToc tocIcon tocSticky enableToc math katex mathjax latex mermaid diagram codeCopyButtons comments comment commenting',
  ),
  ...words(
    'disqus disableComments share sharing social related readTime readingTime showReadingTime wordCount hideMeta hideSummary searchHidden',
  ),
  ...words('featured highlight syntaxHighlighter copyright license lightgallery top single usePageBundles bookHidden'),
  // Data of the generator.
  ...words(
    'extra params data cascade outputs build markup isCJKLanguage series seriesOrder translationKey ref expiryDate headless resources',
  ),
  ...words(
    'excerptSeparator renderWithLiquid transparent inSearchIndex insertAnchorLinks generateFeed generateFeeds paginateBy redirectTo sitemap',
  ),
  // For search engines and other sites.
  ...words(
    'robots noindex seo seoTitle metaTitle canonical canonicalUrl og opengraph twitter search source via crosspost syndication guid uuid',
  ),
  ...words(
    'wordpressId wpId wordpressUrl postId dsqThreadId commentId bloggerId ghostId meta imageCaption imageCredit coverCaption caption credit',
  ),
  ...words('timezone time'),
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
  // Of a short word that many edits leave nothing.
  return nearest.edits <= Math.min(3, fold(key).length / 2)
    ? { kind: 'unknown', nearest: nearest.name }
    : { kind: 'unknown' };
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

function words(list: string): string[] {
  return list.split(' ');
}
