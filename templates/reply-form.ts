import { escapeHtml } from './escape.ts';
import type { Words } from './words.ts';

/** A post that readers may answer from their own server. */
export interface Findable {
  /** The id of its object. */
  readonly id: string;
  /** Its page, in full. */
  readonly url: string;
  /** No replies are taken: likes and boosts still are. */
  readonly closed: boolean;
}

/**
 * The way from a reader to their own server: the blog looks up where that server answers, and leads there. The address
 * to copy is for servers that say nothing of it, and for a blog that is only a folder of files.
 */
export function replyForm(words: Words, { id, url, closed }: Findable): string {
  return `<form class="find" action="/ap/interact" method="get" aria-labelledby="find-title" data-interact>
<p><strong id="find-title">${escapeHtml(words.findOnServer)}</strong> ${escapeHtml(closed ? words.findClosed : words.findHow)}</p>
<p class="find-line"><label for="find-handle">${escapeHtml(words.handleLabel)}</label>
<input id="find-handle" name="handle" type="text" required maxlength="300" placeholder="@you@server.example" autocapitalize="none" autocomplete="off" autocorrect="off" spellcheck="false" dir="ltr">
<input name="uri" type="hidden" value="${escapeHtml(id)}">
<button>${escapeHtml(words.handleGo)}</button></p>
<p>${escapeHtml(words.findFrom)} <code class="handle" dir="ltr">${escapeHtml(url)}</code></p>
</form>
`;
}
