import { isActivityType } from '../../federation/negotiate.ts';

/** Somebody who reads the blog: how they ask, and which content types they take for an ActivityPub document. */
export interface Voice {
  readonly name: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly takes: (contentType: string | undefined) => boolean;
}

const PROFILE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

/** Says who really asks, beside whom it asks like: logs of the blog and firewalls see both. */
const DOCTOR = 'Postern doctor';

/** Lemmy compares the header with these three and no other (activitypub-federation-rust). */
const LEMMY_TYPES: ReadonlySet<string> = new Set([
  'application/activity+json',
  'application/activity+json; charset=utf-8',
  PROFILE,
]);

export const MASTODON: Voice = {
  name: 'Mastodon',
  accept: 'application/activity+json, application/ld+json',
  userAgent: `Mastodon/4.6.5 (http.rb/5.3.1; ${DOCTOR})`,
  takes: isActivityType,
};

/** Allows no parameter but the charset (GoToSocial 0.20). */
export const GOTOSOCIAL: Voice = {
  name: 'GoToSocial',
  accept: `${PROFILE},application/activity+json`,
  userAgent: `gotosocial/0.20.0 (${DOCTOR})`,
  takes: (type) => isActivityType(type) && /^[^;]+(;\s*profile="[^"]*")?(;\s*charset=utf-8)?$/i.test(type ?? ''),
};

export const MISSKEY: Voice = {
  name: 'Misskey',
  accept: `application/activity+json, ${PROFILE}`,
  userAgent: `Misskey/2024.10.1 (${DOCTOR})`,
  takes: isActivityType,
};

export const LEMMY: Voice = {
  name: 'Lemmy',
  accept: 'application/activity+json',
  userAgent: `Lemmy/0.19.11 (${DOCTOR})`,
  takes: (type) => LEMMY_TYPES.has((type ?? '').toLowerCase()),
};

export const BROWSER: Voice = {
  name: 'a browser',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  userAgent: `Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 (${DOCTOR})`,
  takes: (type) => /^(text\/html|application\/xhtml\+xml)\b/i.test(type ?? ''),
};

export const SERVERS: readonly Voice[] = [MASTODON, GOTOSOCIAL, MISSKEY, LEMMY];

/** What Mastodon asks WebFinger for; it looks at no content type there. */
export const ACCEPT_JRD = 'application/jrd+json, application/json';
