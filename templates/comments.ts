import { commentsPath } from '../federation/addresses.ts';
import type { InteractionContent, InteractionCounts } from '../federation/interaction.ts';
import type { PollNow } from '../federation/question.ts';
import { isWebUrl, renderRichText } from '../federation/rich-text.ts';
import type { Thread, ThreadEntry } from '../federation/thread.ts';
import { timeElement } from './dates.ts';
import { escapeHtml } from './escape.ts';
import { facepile, reactionList } from './facepile.ts';
import { emojiWriter, faceElement, nameElement, type PeopleView, plainName, STRANGER, strangerLink } from './people.ts';
import { renderPoll } from './poll.ts';
import { languageAttributes, type Words, wordsFor } from './words.ts';

/** What is shown below one post, and how. */
export interface CommentsView extends PeopleView {
  readonly thread: Thread;
  /** The post's, a BCP 47 tag: words and dates are in it where the theme knows it. */
  readonly language: string;
  /** Whether the owner takes no more replies to the post. */
  readonly closed: boolean;
  /** Of all that is shown, where the thread is but the first of it. */
  readonly counts?: InteractionCounts;
  /** Of a post that asks: what was voted comes with what was said. */
  readonly poll?: PollNow;
}

/** A view with the words it is told in. */
interface Told extends CommentsView {
  readonly words: Words;
}

/**
 * What others said and did about a post: replies as nested lists, quotes, likes and boosts with who. The same view gives
 * the same bytes, in the page as in the part of it that is fetched later. Remote text reaches it as a tree of known
 * elements or is escaped; no address in it leads a browser to another server unless the reader follows a link.
 */
export function renderComments(view: CommentsView): string {
  const { words, language } = wordsFor(view.language);
  const told: Told = { ...view, words, language };
  const { thread } = view;
  const path = escapeHtml(commentsPath(thread.target));
  return `<section class="comments" id="fediverse-replies" aria-labelledby="fediverse-replies-title"${languageAttributes(language)} data-comments="${path}"${newsWords(words)}>
<div class="comments-head">
<h2 id="fediverse-replies-title" tabindex="-1">${escapeHtml(words.replies)}</h2>
<p class="comments-news" aria-live="polite"><a href="${path}">${escapeHtml(words.newestReplies)}</a></p>
</div>
<div class="comments-thread">
${view.poll === undefined ? '' : renderPoll(view.poll, words, language)}${countsLine(told)}${view.closed ? `<p class="comments-closed">${escapeHtml(words.repliesClosed)}</p>\n` : ''}${entryList(told, thread.replies)}${quotes(told)}${people(told)}</div>
</section>
`;
}

/** The script puts numbers into words of the page's language. */
function newsWords(words: Words): string {
  const one = escapeHtml(words.newReplies(1));
  const many = escapeHtml(words.newReplies('#'));
  return ` data-new-one="${one}" data-new-many="${many}" data-changed="${escapeHtml(words.changedReplies)}"`;
}

function countsLine({ thread, counts = thread.counts, words }: Told): string {
  const said = [
    [counts.replies, words.replyCount],
    [counts.quotes, words.quoteCount],
    [counts.likes, words.likeCount],
    [counts.boosts, words.boostCount],
  ] as const;
  const parts = said.filter(([count]) => count > 0).map(([count, tell]) => escapeHtml(tell(count)));
  return `<p class="meta">${parts.length === 0 ? escapeHtml(words.noReplies) : parts.join(' · ')}</p>\n`;
}

/** Nesting ends at `MAX_NESTING` levels, which the thread has seen to. */
function entryList(told: Told, entries: readonly ThreadEntry[]): string {
  if (entries.length === 0) return '';
  return `<ol class="comment-list">\n${entries.map((entry) => `<li>${entryArticle(told, entry)}${entryList(told, entry.replies)}</li>\n`).join('')}</ol>\n`;
}

function entryArticle(told: Told, entry: ThreadEntry): string {
  const { author, content } = entry;
  const { words } = told;
  const handle = `<span class="p-nickname" dir="ltr">${escapeHtml(author.handle)}</span>`;
  // The blog's own picture is a file of the site.
  const view = entry.isOwn ? { ...told, mediaPath: (path: string) => path } : told;
  const card = `${faceElement(view, author)}<span>${nameElement(told, author)} ${handle}</span>`;
  const label = ` aria-label="${escapeHtml(words.originalBy(plainName(author)))}"`;
  const link = entry.isOwn ? ownLink : strangerLink;
  const original = link('u-url', addressOf(entry), escapeHtml(words.original), label);
  const className = entry.isOwn ? 'comment own p-comment h-cite' : 'comment p-comment h-cite';
  return `<article class="${className}" data-id="${escapeHtml(entry.id)}" tabindex="-1">
<header>${link('p-author h-card', author.url, card)}</header>
${answersLine(told, entry)}${body(told, content)}<p class="meta">${dates(told, content)} ${original}</p>
</article>
`;
}

/** What the blog itself says leads to its own pages. */
function ownLink(className: string, url: string, inner: string, attributes = ''): string {
  return `<a class="${className}" href="${escapeHtml(url)}"${attributes}>${inner}</a>`;
}

function addressOf({ id, content }: Pick<ThreadEntry, 'id' | 'content'>): string {
  return isWebUrl(content.url) ? content.url : id;
}

function dates({ words, language }: Told, { published, updated }: InteractionContent): string {
  const first = timeElement('dt-published', published, false, language);
  if (updated === undefined) return first;
  return `${first} <span>${escapeHtml(words.updated)} ${timeElement('dt-updated', updated, false, language)}</span>`;
}

function answersLine({ words }: Told, { answers }: ThreadEntry): string {
  if (answers === undefined) return '';
  const whom = `<bdi>${escapeHtml(answers.author.handle)}</bdi>`;
  return `<p class="meta">${escapeHtml(words.inReplyTo)} ${strangerLink('u-in-reply-to', answers.id, whom)}</p>\n`;
}

/** The words of the post, behind its warning where it has one. */
function body(told: Told, content: InteractionContent): string {
  const { words } = told;
  const text = emojiWriter(told, content.emojis);
  const own = content.language === undefined ? ' dir="auto"' : languageAttributes(content.language);
  const title =
    content.title === undefined ? '' : `<p class="p-name"><strong>${escapeHtml(content.title)}</strong></p>\n`;
  const inner = `<div class="e-content prose"${own}>\n${title}${renderRichText(content.text, { text })}</div>
${attachments(words, content)}`;
  if (content.contentWarning === undefined) return inner;
  const warning = `${escapeHtml(words.contentWarning)} <bdi>${text(content.contentWarning)}</bdi>`;
  return `<details class="warning">\n<summary>${warning}</summary>\n${inner}</details>\n`;
}

/** Media stay where they are: a reader who wants to see them follows the link. */
function attachments(words: Words, { attachments: list, sensitive }: InteractionContent): string {
  const items = list
    .filter(({ url }) => isWebUrl(url))
    .map(({ url, alt }, index) => {
      const name = alt.trim() || words.attachment(index + 1);
      return `<li><a href="${escapeHtml(url)}"${STRANGER}><bdi>${escapeHtml(name)}</bdi></a></li>`;
    });
  if (items.length === 0) return '';
  const label = sensitive ? `${words.attachments} (${words.sensitive})` : words.attachments;
  return `<p class="meta">${escapeHtml(label)}:</p>\n<ul class="comment-attachments">${items.join('')}</ul>\n`;
}

function quotes(told: Told): string {
  const { thread, words } = told;
  if (thread.quotes.length === 0) return '';
  return `<h3>${escapeHtml(words.quotes)}</h3>\n${entryList(told, thread.quotes)}`;
}

function people(told: Told): string {
  const { thread, words } = told;
  const likes = facepile(told, words, thread.likes, 'p-like') + reactionList(told, words, thread.reactions);
  const boosts = facepile(told, words, thread.boosts, 'p-repost');
  return group(words.likes, likes) + group(words.boosts, boosts);
}

function group(title: string, list: string): string {
  return list === '' ? '' : `<h3>${escapeHtml(title)}</h3>\n${list}`;
}
