import type { Author, CustomEmoji } from '../federation/interaction.ts';
import { isWebUrl } from '../federation/rich-text.ts';
import { escapeHtml } from './escape.ts';

/** How people of other servers are shown: the pictures of theirs come by way of the blog's own address. */
export interface PeopleView {
  /** Gives the path below which a picture of another server is shown. */
  readonly mediaPath: (url: string) => string;
  readonly avatars: 'show' | 'hide';
}

/** What strangers' links bear: no credit from the blog, and no way back to its window. */
export const STRANGER = ' rel="nofollow noopener ugc"';

/** So many pictures of emoji are shown in one text; those after it stay as they were written. */
const MAX_EMOJI = 100;
const SHORTCODE = /:([^\s:]{1,100}):/g;

/** Writes plain text as HTML with the pictures of its custom emoji; one function for all pieces of one text. */
export function emojiWriter(view: PeopleView, emojis: readonly CustomEmoji[]): (text: string) => string {
  if (emojis.length === 0) return escapeHtml;
  const icons = new Map(emojis.map(({ shortcode, icon }) => [shortcode, icon]));
  let left = MAX_EMOJI;
  return (text) => {
    let html = '';
    let from = 0;
    SHORTCODE.lastIndex = 0;
    for (let match = SHORTCODE.exec(text); match !== null; match = SHORTCODE.exec(text)) {
      const icon = icons.get(match[1] ?? '');
      // The colon at its end may begin the next one.
      if (icon === undefined || left === 0) SHORTCODE.lastIndex -= 1;
      else {
        left -= 1;
        html += escapeHtml(text.slice(from, match.index)) + emojiImage(view, match[0], icon);
        from = match.index + match[0].length;
      }
    }
    return html + escapeHtml(text.slice(from));
  };
}

/** An emoji that is a picture. `text` is what stands for it, with its colons. */
export function emojiImage(view: PeopleView, text: string, icon: string): string {
  const name = escapeHtml(text);
  return `<img class="emoji" src="${escapeHtml(view.mediaPath(icon))}" alt="${name}" title="${name}" width="20" height="20" loading="lazy" decoding="async">`;
}

/** What somebody is called: the name as they wrote it, else the handle. Plain text. */
export function plainName({ name, handle }: Author): string {
  return name?.trim() || handle;
}

/** The name as HTML; what it says about the direction of text ends with it. */
export function nameElement(view: PeopleView, author: Author): string {
  return `<bdi class="p-name">${emojiWriter(view, author.emojis)(plainName(author))}</bdi>`;
}

/** The picture of somebody above the first letter of their name, which is seen where there is no picture. */
export function faceElement(view: PeopleView, author: Author): string {
  const [letter = '?'] = plainName(author).match(/[\p{L}\p{N}]/u) ?? [];
  const picture =
    view.avatars === 'show' && author.avatar !== undefined
      ? `<img class="u-photo" src="${escapeHtml(view.mediaPath(author.avatar))}" alt="" width="40" height="40" loading="lazy" decoding="async">`
      : '';
  return `<span class="face" aria-hidden="true">${escapeHtml(letter.toUpperCase())}${picture}</span>`;
}

/** A link to a stranger's page; what is inside alone where the address is none that may be linked. */
export function strangerLink(className: string, url: string, inner: string, attributes = ''): string {
  if (!isWebUrl(url)) return `<span class="${className}"${attributes}>${inner}</span>`;
  return `<a class="${className}" href="${escapeHtml(url)}"${STRANGER}${attributes}>${inner}</a>`;
}
