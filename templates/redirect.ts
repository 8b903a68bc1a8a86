import { escapeHtml } from './escape.ts';

/** A page at an old address that leads to the new one, on hosts that cannot redirect by themselves too. */
export function renderRedirect(to: string): string {
  const href = escapeHtml(to);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Moved</title>
<link rel="canonical" href="${href}"><meta http-equiv="refresh" content="0; url=${href}"><meta name="robots" content="noindex">
</head><body><p>This page has moved: <a href="${href}">${href}</a></p></body></html>
`;
}
