import type { Author } from '../federation/interaction.ts';
import type { ReactionGroup } from '../federation/thread.ts';
import { escapeHtml } from './escape.ts';
import { emojiImage, faceElement, nameElement, type PeopleView, strangerLink } from './people.ts';
import type { Words } from './words.ts';

/** So many faces stand in a row; the others are folded. */
const FACES = 12;

/** Who did something, as a row of faces with names for those who hear the page. `of` is the microformat of each. */
export function facepile(view: PeopleView, words: Words, authors: readonly Author[], of: string): string {
  if (authors.length === 0) return '';
  const item = (author: Author): string => `<li class="${of} h-cite">${person(view, author)}</li>`;
  const first = authors.slice(0, FACES).map(item).join('');
  const list = `<ul class="faces">${first}</ul>`;
  const rest = authors.slice(FACES);
  if (rest.length === 0) return `${list}\n`;
  const more = escapeHtml(words.andMore(rest.length));
  return `${list}
<details class="more-faces"><summary>${more}</summary><ul class="faces">${rest.map(item).join('')}</ul></details>
`;
}

/** Likes that are emoji, each with who gave it. */
export function reactionList(view: PeopleView, words: Words, groups: readonly ReactionGroup[]): string {
  if (groups.length === 0) return '';
  const items = groups.map(({ emoji, authors }) => {
    const shown =
      emoji.icon === undefined ? `<bdi>${escapeHtml(emoji.text)}</bdi>` : emojiImage(view, emoji.text, emoji.icon);
    return `<li><span class="reaction">${shown} ${authors.length}</span>${facepile(view, words, authors, 'p-like')}</li>`;
  });
  return `<ul class="reactions">\n${items.join('\n')}\n</ul>\n`;
}

function person(view: PeopleView, author: Author): string {
  const name = `<span class="visually-hidden">${nameElement(view, author)}</span>`;
  const title = ` title="${escapeHtml(author.handle)}"`;
  return strangerLink('p-author h-card', author.url, `${faceElement(view, author)}${name}`, title);
}
