import type { Addresses } from './addresses.ts';
import { own } from './inbox/bounds.ts';
import { idOf, listOf } from './inbox/references.ts';
import { isActivityType } from './negotiate.ts';
import { ACTIVITY_JSON, isJsonObject, type JsonObject } from './vocabulary.ts';

/** The one content type of a WebFinger answer (RFC 7033 §10.2). */
export const JRD_JSON = 'application/jrd+json';

export interface WebfingerFacts {
  readonly username: string;
  /** Media type and absolute URL. */
  readonly avatar?: { readonly mediaType: string; readonly url: string };
}

/**
 * Says whether a WebFinger `resource` names the blog: `acct:user@host` or `user@host` in any case, the actor id, or the
 * home page. A name that the blog had before counts as well: the answer then says in its `subject` what it is called now, which
 * Mastodon asks for once more. Takes the decoded value of the query; anything else is another's and gives false. (RFC 7033
 * §4.1; RFC 7565)
 */
export function matchResource(
  resource: string,
  { username, formerUsernames = [] }: { readonly username: string; readonly formerUsernames?: readonly string[] },
  addresses: Addresses,
): boolean {
  const named = resource
    .trim()
    .replace(/^acct:/i, '')
    .replace(/^@/, '')
    .toLowerCase();
  const host = addresses.host.toLowerCase();
  if ([username, ...formerUsernames].some((name) => named === `${name.toLowerCase()}@${host}`)) return true;
  return resource === addresses.actor || resource === addresses.origin || resource === `${addresses.origin}/`;
}

/**
 * Builds the JRD of the blog. `subject` and the href of `self` are what Mastodon checks, byte for byte, so that the handle
 * and the actor prove each other. Never fails. (RFC 7033 §4.4)
 */
export function buildWebfinger(profile: WebfingerFacts, addresses: Addresses): JsonObject {
  const home = `${addresses.origin}/`;
  const { avatar } = profile;
  return {
    subject: `acct:${profile.username}@${addresses.host}`,
    aliases: [home, addresses.actor],
    links: [
      { rel: 'self', type: ACTIVITY_JSON, href: addresses.actor },
      { rel: 'http://webfinger.net/rel/profile-page', type: 'text/html', href: home },
      ...(avatar === undefined
        ? []
        : [
            {
              rel: 'http://webfinger.net/rel/avatar',
              type: avatar.mediaType,
              href: avatar.url,
            },
          ]),
    ],
  };
}

/** Reads the avatar from the actor document of the build: what its `icon` says. Undefined when it has none. (ActivityPub §4.1) */
export function avatarOf(actor: JsonObject | undefined): WebfingerFacts['avatar'] {
  const icon = actor?.icon;
  if (!isJsonObject(icon)) return undefined;
  const { mediaType, url } = icon;
  return typeof mediaType === 'string' && typeof url === 'string' ? { mediaType, url } : undefined;
}

/** What a JRD says of an account. */
export interface WebfingerRead {
  readonly self: string;
  readonly subject: string | undefined;
  /** Addresses at which its server lets the account act on what it read elsewhere, by their `rel`; with placeholders. */
  readonly templates: ReadonlyMap<string, string>;
}

/**
 * Reads another server's JRD: the actor that its `self` link names, the handle that is its subject, without `acct:`, and the
 * templates of its links. Undefined when no link of an ActivityPub type leads to an http(s) URL. Never throws. (RFC 7033
 * §4.4; of several `self` links the first of such a type counts, as in Mastodon; FEP-3b86)
 */
export function readWebfinger(jrd: JsonObject | undefined): WebfingerRead | undefined {
  if (jrd === undefined) return undefined;
  const links = listOf(own(jrd, 'links')).filter(isJsonObject);
  for (const link of links) {
    if (own(link, 'rel') !== 'self') continue;
    const type = own(link, 'type');
    const self = idOf(own(link, 'href'));
    if (self === undefined || typeof type !== 'string' || !isActivityType(type)) continue;
    const subject = own(jrd, 'subject');
    return {
      self,
      subject: typeof subject === 'string' ? subject.replace(/^acct:/i, '') : undefined,
      templates: templatesOf(links),
    };
  }
  return undefined;
}

/** No server has as many; the first of each `rel` counts. */
const MAX_TEMPLATES = 50;
const MAX_TEMPLATE_LENGTH = 2_048;

function templatesOf(links: readonly JsonObject[]): ReadonlyMap<string, string> {
  const templates = new Map<string, string>();
  for (const link of links) {
    const rel = own(link, 'rel');
    const template = own(link, 'template');
    if (templates.size >= MAX_TEMPLATES) break;
    if (typeof rel !== 'string' || typeof template !== 'string' || template.length > MAX_TEMPLATE_LENGTH) continue;
    if (!templates.has(rel)) templates.set(rel, template);
  }
  return templates;
}
