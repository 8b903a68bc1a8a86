import { DomUtils } from 'htmlparser2';
import type { Author, Interaction } from '../../federation/interaction.ts';
import { buildThread } from '../../federation/thread.ts';
import { type CommentsView, renderComments } from '../../templates/comments.ts';
import { author, TARGET } from '../federation/thread-samples.ts';
import { type Element, readHtml } from './read-html.ts';

/** Three people of one server, with pictures. */
export const PEOPLE = ['amy', 'bo', 'cy'].map((name) => author(name, { avatar: `https://cdn.example/${name}.png` }));

/** A view of what was said about the post, with what the test changes. */
export function viewOf(
  items: readonly Interaction[],
  changes: Partial<CommentsView> = {},
  people = PEOPLE,
): CommentsView {
  return {
    thread: buildThread(TARGET, items, people),
    language: 'en',
    closed: false,
    avatars: 'show',
    mediaPath: (url) => `/ap/media/${url.length}`,
    ...changes,
  };
}

/** The comments, read back. */
export function show(items: readonly Interaction[], changes: Partial<CommentsView> = {}, people?: Author[]) {
  return readHtml(renderComments(viewOf(items, changes, people)));
}

/** The elements of a name in an element. */
export const within = (element: Element | undefined, name: string): Element[] =>
  element === undefined ? [] : DomUtils.findAll((one) => one.name === name, element.children);
