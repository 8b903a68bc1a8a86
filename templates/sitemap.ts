import { BLOGROLL_PATH, blogroll } from './blogroll.ts';
import { escapeXml } from './escape.ts';
import { absolute, type Theme, tagPath } from './theme.ts';

/** What one sitemap file may hold (sitemaps.org protocol). */
const LIMIT = 50_000;

/** Every page that may be found by search. */
export function renderSitemap(theme: Theme): string {
  const plain = ['/', '/posts/', ...theme.site.pages.map((page) => page.path)];
  if (theme.notes.length > 0) plain.push('/notes/');
  if (blogroll(theme).length > 0) plain.push(BLOGROLL_PATH);
  for (const { path } of theme.site.translations ?? []) plain.push(path);
  if (theme.tags.length > 0) plain.push('/tags/', ...theme.tags.map(({ tag }) => tagPath(tag)));
  const entries = plain.map((path) => entry(theme, path));
  for (const post of theme.listed) entries.push(entry(theme, post.path, post.updated ?? post.published));
  return `<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${entries.slice(0, LIMIT).join('')}</urlset>
`;
}

function entry(theme: Theme, path: string, changed?: string): string {
  const lastmod = changed === undefined ? '' : `<lastmod>${escapeXml(changed)}</lastmod>`;
  return `<url><loc>${escapeXml(absolute(theme, path))}</loc>${lastmod}</url>\n`;
}
