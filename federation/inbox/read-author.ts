import type { Author } from '../interaction.ts';
import { isWebUrl } from '../rich-text.ts';
import { isJsonObject, type JsonObject } from '../vocabulary.ts';
import { own } from './bounds.ts';
import { plainLine } from './plain-text.ts';
import { pictureUrl, readEmojis } from './read-emoji.ts';
import { listOf, sameOrigin } from './references.ts';
import { handleOf } from './remote-actor.ts';

const MAX_NAME = 100;

/**
 * Reads who an actor is to people from its document.
 *
 * The name is plain text of one line and at most 100 characters, without controls; the page is on the actor's own origin
 * or the actor's id stands for it; the avatar and the pictures of emoji are https. `at`: RFC 3339 UTC. Never fails: what is
 * not usable is left out (security checks: names are plain text; homographs show in the handle, which is ASCII).
 */
export function readAuthor(document: JsonObject, actor: string, at: string): Author {
  const name = plainLine(own(document, 'name'), MAX_NAME);
  const avatar = pictureUrl(own(document, 'icon'));
  return {
    actor,
    ...(name === undefined ? {} : { name }),
    handle: handleOf(document, actor) ?? new URL(actor).host,
    url: pageOf(document, actor),
    ...(avatar === undefined ? {} : { avatar }),
    emojis: readEmojis(own(document, 'tag')),
    at,
  };
}

/**
 * Gives the page of an actor or object: the first of its addresses that is on the same origin as its id, HTML before
 * others, else the id. Mastodon takes the first Link without or with the type of HTML, too.
 */
export function pageOf(document: JsonObject, id: string): string {
  const links = listOf(own(document, 'url')).flatMap((item) => {
    const href = isJsonObject(item) ? own(item, 'href') : item;
    const type = isJsonObject(item) ? own(item, 'mediaType') : undefined;
    const isPage = type === undefined || type === 'text/html';
    return isWebUrl(href) && sameOrigin(href, id) ? [{ href, isPage }] : [];
  });
  return (links.find(({ isPage }) => isPage) ?? links[0])?.href ?? id;
}
