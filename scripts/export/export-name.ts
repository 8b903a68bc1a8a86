import type { ExportOf } from './export-blog.ts';

/** The name of an archive that nobody named: `mara-blog.example-2026-11-23.tar.gz`. `now`: RFC 3339. */
export function exportName({ handle }: ExportOf, now: string, form = ''): string {
  const who = handle
    ?.replace(/^@/, '')
    .replace('@', '-')
    .replace(/[^\w.-]/g, '_');
  return `${who ?? 'blog'}-${now.slice(0, 10)}${form === '' ? '' : `-${form}`}.tar.gz`;
}
