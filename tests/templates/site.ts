import type { Page, Picture, Post, Profile, Site } from '../../build/model.ts';
import { DEFAULT_POLICY } from '../../federation/manifest.ts';
import { DEFAULT_RULES } from '../../federation/rules.ts';

/** A picture with facts that do not matter. */
export function picture(path: string, alt: string): Picture {
  return { path, alt, mediaType: 'image/png', width: 800, height: 400, digest: '00' };
}

/** A public article of 2026 with one paragraph, and what the test changes about it. */
export function article(changes: Partial<Post> = {}): Post {
  return {
    kind: 'article',
    source: 'posts/hello.md',
    slug: 'hello',
    key: 'hello-1a2b',
    path: '/posts/hello/',
    redirects: [],
    language: 'en',
    title: 'Hello',
    markdown: 'First words.',
    html: '<p>First words.</p>\n',
    published: '2026-10-03T08:30:00Z',
    dateOnly: false,
    tags: [],
    pictures: [],
    sensitive: false,
    visibility: 'public',
    federate: true,
    pinned: false,
    teaser: false,
    ...changes,
  };
}

/** A public note without a title. */
export function note(changes: Partial<Post> = {}): Post {
  const { title: _, ...rest } = article({
    kind: 'note',
    source: 'notes/n1.md',
    slug: 'n1',
    key: 'n1',
    path: '/notes/n1/',
    html: '<p>The kettle is on.</p>\n',
    published: '2026-10-04T08:30:00Z',
  });
  return { ...rest, ...changes };
}

/** A page that does not federate. */
export function page(changes: Partial<Page> = {}): Page {
  return {
    kind: 'page',
    source: 'pages/about.md',
    slug: 'about',
    path: '/about/',
    redirects: [],
    language: 'en',
    title: 'About',
    markdown: '',
    html: '<p>About this.</p>\n',
    ...changes,
  };
}

/** A blog at `https://blog.example` with the posts given. */
export function siteWith(posts: readonly Post[], profile: Partial<Profile> = {}, pages: readonly Page[] = []): Site {
  return {
    profile: {
      origin: 'https://blog.example',
      username: 'blog',
      name: 'A Blog',
      language: 'en',
      description: 'About things.',
      bioHtml: '<p>Hello.</p>\n',
      fields: [],
      rules: [],
      showFollowers: false,
      teaser: false,
      discoverable: true,
      indexable: true,
      alsoKnownAs: [],
      policy: DEFAULT_POLICY,
      timezone: 'UTC',
      ...profile,
    },
    posts,
    waiting: [],
    pages,
    keys: { publicKeyPem: '', publicKeyMultibase: '' },
    rules: DEFAULT_RULES,
  };
}
