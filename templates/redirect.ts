import { escapeHtml } from './escape.ts';

/**
 * A page at an old address that leads to the new one, on hosts that cannot redirect by themselves too. Servers that know a post by
 * its old address, as those that followed a blog of other software, find its object there (Mastodon, Misskey read the link).
 */
export function renderRedirect(to: string, activity?: string): string {
  const href = escapeHtml(to);
  const object =
    activity === undefined
      ? ''
      : `<link rel="alternate" type="application/activity+json" href="${escapeHtml(activity)}">\n`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Moved</title>
${object}<link rel="canonical" href="${href}"><meta http-equiv="refresh" content="0; url=${href}"><meta name="robots" content="noindex">
</head><body><p>This page has moved: <a href="${href}">${href}</a></p></body></html>
`;
}
