import { childOf, childrenOf, textOf, type XmlElement } from './xml-elements.ts';

/** An `<item>` of a WXR file, whatever its version (WordPress `wp-admin/includes/export.php`). */
export interface WordPressItem {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly hasPassword: boolean;
  readonly isSticky: boolean;
  readonly title: string;
  readonly link: string;
  readonly guid: string;
  readonly slug: string;
  readonly parent: string;
  readonly order: number;
  /** As the database has them: `2020-01-02 03:04:05`, or zeros. */
  readonly date: string;
  readonly dateGmt: string;
  readonly modifiedGmt: string;
  readonly pubDate: string;
  readonly content: string;
  readonly excerpt: string;
  readonly attachmentUrl: string;
  readonly terms: readonly WordPressTerm[];
  readonly meta: readonly (readonly [key: string, value: string])[];
  readonly comments: number;
}

export interface WordPressTerm {
  /** `category`, `post_tag`, `post_format`, or what a plugin made. */
  readonly domain: string;
  readonly slug: string;
  readonly name: string;
}

export function itemOf(element: XmlElement): WordPressItem {
  const text = (name: string): string => textOf(childOf(element, name)).trim();
  return {
    id: text('wp:post_id'),
    type: text('wp:post_type') || 'post',
    status: text('wp:status') || 'publish',
    hasPassword: text('wp:post_password') !== '',
    isSticky: text('wp:is_sticky') === '1',
    title: text('title'),
    link: text('link'),
    guid: text('guid'),
    slug: text('wp:post_name'),
    parent: text('wp:post_parent'),
    order: Number(text('wp:menu_order')) || 0,
    date: text('wp:post_date'),
    dateGmt: text('wp:post_date_gmt'),
    modifiedGmt: text('wp:post_modified_gmt'),
    pubDate: text('pubDate'),
    content: textOf(childOf(element, 'content:encoded')),
    excerpt: text('excerpt:encoded'),
    attachmentUrl: text('wp:attachment_url'),
    terms: termsOf(element),
    meta: childrenOf(element, 'wp:postmeta').map(
      (meta) => [textOf(childOf(meta, 'wp:meta_key')).trim(), textOf(childOf(meta, 'wp:meta_value')).trim()] as const,
    ),
    comments: childrenOf(element, 'wp:comment').length,
  };
}

/** Version 1.0 has each term twice, once without its attributes, and calls tags `tag`. */
function termsOf(element: XmlElement): WordPressTerm[] {
  const all = childrenOf(element, 'category').map(({ attributes, ...rest }): WordPressTerm => {
    const domain = attributes.get('domain') ?? 'category';
    const name = textOf({ attributes, ...rest }).trim();
    return { domain: domain === 'tag' ? 'post_tag' : domain, slug: attributes.get('nicename') ?? '', name };
  });
  return all.filter(
    ({ domain, slug, name }) =>
      slug !== '' || !all.some((other) => other.slug !== '' && other.domain === domain && other.name === name),
  );
}

export function metaOf(item: WordPressItem, key: string): string | undefined {
  return item.meta.find(([name]) => name === key)?.[1];
}
