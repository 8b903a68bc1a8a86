import { languageTag } from '../../build/post-schema.ts';
import { toTag } from '../../build/slugs.ts';
import { type HtmlOptions, htmlToMarkdown } from './html-to-markdown.ts';
import type { MastodonNote } from './mastodon-object.ts';
import type { Archive, ImportedMedia, ImportedPost } from './source.ts';

/** Makes posts of the objects of one archive. */
export interface MastodonReader {
  post(note: MastodonNote, visibility: 'public' | 'unlisted'): ImportedPost;
  /** The HTML of a profile. */
  markdown(html: string): string;
  file(url: string, alt: string): ImportedMedia;
}

export function createReader(archive: Archive): MastodonReader {
  const findFile = createFinder(archive);
  let mentioned: MastodonNote['tag'] = [];
  // One for all posts: what it is made from is.
  const options: HtmlOptions = { mention: (shown, href) => handleOf(shown, href, mentioned) };
  const markdown = (html: string): string => htmlToMarkdown(html, options);
  const file = (url: string, alt: string): ImportedMedia => {
    const path = findFile(url);
    const isWeb = /^https?:\/\//i.test(url);
    return {
      name: nameOf(path ?? url),
      alt,
      open: path === undefined ? undefined : () => archive.open(path),
      ...(isWeb ? { url } : {}),
    };
  };
  return {
    markdown,
    file,
    post(note, visibility) {
      mentioned = note.tag;
      const body = markdown(note.content ?? Object.values(note.contentMap ?? {})[0] ?? '');
      const media = uniqueNames(
        note.attachment.flatMap(({ type, url, name }) =>
          url === undefined || type === 'Link' ? [] : [file(url, (name ?? '').trim())],
        ),
      );
      const title = note.type === 'Note' || note.type === 'Question' ? undefined : note.name;
      const choices = note.oneOf ?? note.anyOf;
      const ends = note.endTime ?? note.closed;
      const language = languageOf(note.contentMap);
      const originalUrl = note.originalUrl ?? note.url ?? note.id;
      const aliases = [...new Set([note.url ?? note.id, note.id])].filter((one) => one !== originalUrl);
      return {
        kind: title === undefined ? 'note' : 'article',
        originalUrl,
        ...(aliases.length === 0 ? {} : { aliases }),
        ...(title === undefined ? {} : { title }),
        published: note.published,
        ...(note.updated === undefined ? {} : { updated: note.updated }),
        ...(language === undefined ? {} : { language }),
        tags: tagsBeside(body, note.tag),
        markdown: body,
        ...(note.summary === undefined || title !== undefined ? {} : { contentWarning: note.summary }),
        ...(note.sensitive === undefined ? {} : { sensitive: note.sensitive }),
        visibility,
        ...(note.inReplyTo === undefined ? {} : { inReplyTo: note.inReplyTo }),
        ...(choices === undefined
          ? {}
          : {
              poll: {
                options: choices.map(({ name, replies }) => ({ name, votes: replies.totalItems })),
                ends: ends ?? note.published,
              },
            }),
        media,
      };
    },
  };
}

/**
 * The addresses of files are paths without their server: `/media_attachments/files/…`, with or without the folder that the server
 * keeps them in. In the archive they begin with that of the kind of file.
 */
function createFinder(archive: Archive): (url: string) => string | undefined {
  const byTail = new Map<string, string>();
  for (const path of archive.files.keys()) byTail.set(tailOf(path), path);
  return (url) => {
    const path = url
      .replace(/^https?:\/\/[^/]*/i, '')
      .replace(/[?#].*$/, '')
      .replace(/^\/+/, '');
    return byTail.get(tailOf(path)) ?? byTail.get(tailOf(decodePath(path)));
  };
}

function tailOf(path: string): string {
  const at = path.lastIndexOf('media_attachments/');
  return at === -1 ? path.slice(path.lastIndexOf('/') + 1) : path.slice(at);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function nameOf(path: string): string {
  return decodePath(path.replace(/[?#].*$/, '').slice(path.replace(/[?#].*$/, '').lastIndexOf('/') + 1)) || 'file';
}

function uniqueNames(media: readonly ImportedMedia[]): ImportedMedia[] {
  const used = new Set<string>();
  return media.map((one) => {
    let name = one.name;
    for (let n = 2; used.has(name); n += 1) name = `${n}-${one.name}`;
    used.add(name);
    return { ...one, name };
  });
}

function languageOf(contentMap: MastodonNote['contentMap']): string | undefined {
  const languages = Object.keys(contentMap ?? {});
  const [only] = languages;
  return languages.length === 1 && only !== undefined && only !== 'und' ? languageTag(only) : undefined;
}

/** The post's own text shows most of them; only the others need a line. */
function tagsBeside(body: string, tags: MastodonNote['tag']): string[] {
  const shown = new Set([...body.matchAll(/#([\p{L}\p{N}\p{M}_]+)/gu)].map(([, name]) => toTag(name ?? '')?.slug));
  const names = tags.flatMap(({ type, name }) =>
    type === 'Hashtag' && name !== undefined ? [name.replace(/^#/, '')] : [],
  );
  return [...new Set(names)].filter((name) => {
    const slug = toTag(name)?.slug;
    return slug !== undefined && !shown.has(slug);
  });
}

/** Who is meant: the tag says the whole handle, the link only the server where the page is. */
function handleOf(shown: string, href: string, tags: MastodonNote['tag']): string | undefined {
  const [, user = '', said] = /^@([^@\s]+)(?:@(\S+))?$/u.exec(shown) ?? [];
  if (user === '') return undefined;
  if (said !== undefined) return shown;
  const host = URL.canParse(href) ? new URL(href).host : undefined;
  const isMeant = (one: MastodonNote['tag'][number]): boolean => {
    if (one.type !== 'Mention' || one.name === undefined) return false;
    const isSameHost = one.href !== undefined && URL.canParse(one.href) && new URL(one.href).host === host;
    return (one.href === href || isSameHost) && new RegExp(`^@?${escapePattern(user)}@`, 'i').test(one.name);
  };
  const name = tags.find(isMeant)?.name;
  if (name !== undefined) return name.startsWith('@') ? name : `@${name}`;
  return host === undefined ? undefined : `@${user}@${host}`;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
