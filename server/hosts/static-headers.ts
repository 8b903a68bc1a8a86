import { cacheControl } from '../routes/respond.ts';

/**
 * The site's own style, script and fonts, and nothing inline: a post's stray `<script>` does not run. Pictures, sound and
 * video may come from elsewhere over https, because blogs that move here link to them.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: https:",
  "media-src 'self' https:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A picture that is opened by itself must not be a program. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Pictures and fonts rarely change under one name; everything else is asked for each time, which an ETag makes cheap. */
const LASTING = /^(image|font|audio|video)\//;
const LASTING_SECONDS = 86_400;

/** Who may read a file from a page elsewhere: documents and feeds are for everyone. */
const OPEN = /json|xml/;

/** Gives the headers of a file of the site by its content type. */
export function staticHeaders(type: string): Headers {
  const headers = new Headers({
    'content-type': type,
    'cache-control': cacheControl(LASTING.test(type) ? LASTING_SECONDS : 0),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
  });
  if (isHtml(type)) {
    headers.set('content-security-policy', PAGE_POLICY);
    // The same address gives JSON to who asks for it.
    headers.set('vary', 'Accept');
  }
  if (type.startsWith('image/svg')) headers.set('content-security-policy', SVG_POLICY);
  else if (OPEN.test(type)) headers.set('access-control-allow-origin', '*');
  return headers;
}

export function isHtml(type: string): boolean {
  return type.startsWith('text/html');
}
