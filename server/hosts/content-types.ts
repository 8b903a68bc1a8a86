import { NODEINFO_JSON } from '../../federation/nodeinfo.ts';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  xml: 'application/xml',
  pdf: 'application/pdf',
  wasm: 'application/wasm',
  zip: 'application/zip',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/x-icon',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
};

const BY_NAME: Readonly<Record<string, string>> = {
  'feed.xml': 'application/atom+xml; charset=utf-8',
  'atom.xml': 'application/atom+xml; charset=utf-8',
  'rss.xml': 'application/rss+xml; charset=utf-8',
  'feed.json': 'application/feed+json',
};

/** Gives the content type of a file of the site by its URL path. */
export function contentTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  // The manifest is ours alone and no ActivityStreams document.
  if (path === '/ap/manifest.json' || path.startsWith('/ap/manifest/')) return 'application/json';
  // `application/json` would be invisible to every peer.
  if (path.startsWith('/ap/') && extension === 'json') return ACTIVITY_JSON;
  if (path.startsWith('/nodeinfo/')) return NODEINFO_JSON;
  if (path.startsWith('/.well-known/') && extension === '') return 'application/json';
  return BY_NAME[name] ?? BY_EXTENSION[extension] ?? 'application/octet-stream';
}
