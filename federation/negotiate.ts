const AS2 = 'https://www.w3.org/ns/activitystreams';

/** One item of an `Accept` header, or a content type: all lower case but for the values of parameters. */
interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Says whether a response may be read as an ActivityStreams document: `application/activity+json`, or
 * `application/ld+json` with the AS2 profile. Everything else is refused, `application/json` too: a host that lets people
 * upload files would otherwise speak with their voice. Source: ActivityPub §3.2; Mastodon GHSA-jhrq-qvrm-qr36.
 */
export function isActivityType(contentType: string | null | undefined): boolean {
  const [media, ...more] = parseMediaTypes(contentType ?? '');
  if (!media || more.length > 0) return false;
  if (media.type === 'application/activity+json') return true;
  return media.type === 'application/ld+json' && (media.parameters.get('profile') ?? '').split(/\s+/).includes(AS2);
}

/**
 * Says whether a request for a page wants the object behind it: it names `application/activity+json` or
 * `application/ld+json` (with or without profile) and does not rank `text/html` higher. A missing header or a wildcard
 * wants the page. Source: ActivityPub §3.2; RFC 9110 §12.5.1.
 */
export function wantsActivity(accept: string | null | undefined): boolean {
  const types = parseMediaTypes(accept ?? '');
  const json = best(types, (type) => type === 'application/activity+json' || type === 'application/ld+json');
  const html = best(types, (type) => type === 'text/html' || type === 'application/xhtml+xml');
  return json > 0 && json >= html;
}

/**
 * Says whether a request plainly refuses ActivityStreams JSON: it has an `Accept` header in which nothing fits, neither a
 * JSON type in any spelling nor a wildcard. Lenient, because peers ask for documents with many headers (snac asks WebFinger
 * for `application/json`). Source: RFC 9110 §12.5.1 and §15.5.7.
 */
export function refusesJson(accept: string | null | undefined): boolean {
  const types = parseMediaTypes(accept ?? '');
  if (types.length === 0) return false;
  const fits = (type: string) =>
    type === '*/*' || type === 'application/*' || /^application\/([\w.-]+\+)?json$/.test(type);
  return best(types, fits) <= 0;
}

function best(types: readonly MediaType[], fits: (type: string) => boolean): number {
  return Math.max(-1, ...types.filter(({ type }) => fits(type)).map(quality));
}

/** A weight that cannot be read counts as 1: the sender named the type, after all. */
function quality({ parameters }: MediaType): number {
  const weight = Number.parseFloat(parameters.get('q') ?? '1');
  return Number.isNaN(weight) ? 1 : Math.min(1, Math.max(0, weight));
}

/** Splits at commas and semicolons outside of quoted strings (RFC 9110 §5.6.4): a profile may contain either. */
function parseMediaTypes(header: string): MediaType[] {
  return splitQuoted(header, ',').flatMap((item) => {
    const [type = '', ...parameters] = splitQuoted(item, ';');
    if (type === '') return [];
    return [{ type: type.toLowerCase(), parameters: new Map(parameters.map(parseParameter)) }];
  });
}

function parseParameter(parameter: string): [string, string] {
  const equals = parameter.indexOf('=');
  if (equals < 0) return [parameter.toLowerCase(), ''];
  const value = parameter.slice(equals + 1).trim();
  const unquoted = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(.)/gs, '$1');
  return [parameter.slice(0, equals).trim().toLowerCase(), unquoted ?? value];
}

function splitQuoted(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') quoted = !quoted;
    if (character === '\\' && quoted) {
      part += character + text.charAt(index + 1);
      index += 1;
    } else if (character === separator && !quoted) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  parts.push(part.trim());
  return parts;
}
