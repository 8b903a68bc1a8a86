export interface GhostFacts {
  readonly posts?: readonly Readonly<Record<string, unknown>>[];
  readonly tags?: readonly unknown[];
  readonly posts_tags?: readonly unknown[];
  readonly posts_meta?: readonly unknown[];
  readonly settings?: readonly unknown[];
}

/** A row of posts as Ghost 5 exports it. */
export function postRow(id: string, facts: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    id,
    uuid: `uuid-${id}`,
    title: `Post ${id}`,
    slug: `post-${id}`,
    mobiledoc: null,
    lexical: null,
    html: '<p>Hello.</p>',
    comment_id: id,
    plaintext: 'Hello.',
    feature_image: null,
    featured: 0,
    type: 'post',
    status: 'published',
    locale: null,
    visibility: 'public',
    email_recipient_filter: 'all',
    created_at: '2020-01-01T00:00:00.000Z',
    updated_at: '2020-01-02T03:04:05.000Z',
    published_at: '2020-01-02T03:04:05.000Z',
    custom_excerpt: null,
    canonical_url: null,
    ...facts,
  };
}

export function ghostExport(facts: GhostFacts): string {
  const data = {
    posts: [],
    posts_authors: [],
    users: [{ id: '1', name: 'Mara', email: 'mara@mara.example', password: '$2a$10$secret' }],
    settings: [
      { id: 's1', key: 'title', value: 'Gates & walls' },
      { id: 's2', key: 'description', value: 'Stone on stone' },
      { id: 's3', key: 'lang', value: 'en' },
      { id: 's4', key: 'is_private', value: null },
    ],
    ...facts,
  };
  return JSON.stringify({ db: [{ meta: { exported_on: 1_700_000_000_000, version: '5.75.0' }, data }] });
}

/** One of everything, as the end-to-end test takes it. */
export function wholeGhostExport(): string {
  return ghostExport({
    posts: [
      postRow('a', {
        title: 'The gate',
        slug: 'the-gate',
        featured: true,
        custom_excerpt: 'What a gate is.',
        updated_at: '2021-01-01T00:00:00.000Z',
        feature_image: '__GHOST_URL__/content/images/2020/01/gate.png',
        html: '<p>A <a href="__GHOST_URL__/post-b/">link</a>.</p><figure class="kg-card kg-image-card kg-card-hascaption"><img src="__GHOST_URL__/content/images/size/w1000/2020/01/gate.png" class="kg-image" alt="A gate" loading="lazy"><figcaption>Old</figcaption></figure><!--kg-card-begin: html--><p>b</p><!--kg-card-end: html--><img src="__GHOST_URL__/content/images/gone.png" alt="gone">',
      }),
      postRow('b', { title: '(Untitled)', html: '<p>Short.</p>' }),
      postRow('c', { status: 'draft', published_at: null }),
      postRow('d', { visibility: 'members' }),
      postRow('e', { visibility: 'paid' }),
      postRow('f', { status: 'sent' }),
      postRow('g', { type: 'page' }),
    ],
    tags: [
      { id: 't1', name: 'Walls', slug: 'walls', visibility: 'public' },
      { id: 't2', name: '#theme', slug: 'hash-theme', visibility: 'internal' },
      { id: 't3', name: 'Stone', slug: 'stone', visibility: 'public' },
    ],
    posts_tags: [
      { id: '1', post_id: 'a', tag_id: 't1', sort_order: 1 },
      { id: '2', post_id: 'a', tag_id: 't2', sort_order: 2 },
      { id: '3', post_id: 'a', tag_id: 't3', sort_order: 0 },
    ],
    posts_meta: [{ id: 'm', post_id: 'a', feature_image_alt: 'The gate', email_only: 0 }],
  });
}
