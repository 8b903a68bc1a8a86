/** Schemes of links that Mastodon keeps, with mailto for GoToSocial; anything else, `javascript:` first, is no link. */
const SCHEMES: ReadonlySet<string> = new Set(
  'http https mailto xmpp magnet gemini gopher dat dweb ipfs ipns ssb'.split(' ').map((scheme) => `${scheme}:`),
);
const WEB_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:']);
const PLAIN_WEB = /^https?:\/\/[^\s\\"<>]+$/i;

/**
 * Makes an address absolute, resolved as a browser would against `base`. Undefined when it cannot be read or its scheme
 * is not one for a link; with `media`, only the web's two schemes will do.
 */
export function absoluteAddress(
  value: string,
  base: string,
  options: { readonly media?: boolean } = {},
): string | undefined {
  const schemes = options.media ? WEB_SCHEMES : SCHEMES;
  // Kept byte for byte: to normalise it would change what the author wrote.
  if (PLAIN_WEB.test(value) && URL.canParse(value)) return value;
  if (value.trim() === '' || !URL.canParse(value, base)) return undefined;
  const url = new URL(value, base);
  return schemes.has(url.protocol) ? url.href : undefined;
}
