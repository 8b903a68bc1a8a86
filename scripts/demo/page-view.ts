import { DomUtils, parseDocument } from 'htmlparser2';
import type { Blog } from './loopback-blog.ts';

type Nodes = Parameters<typeof DomUtils.findAll>[1];
type Element = ReturnType<typeof DomUtils.findAll>[number];

/**
 * What a reader sees below a post, line by line: the counts, each reply or quote below what it answers, then who liked and
 * boosted. As a browser does, it finds on the page where the newest is, and asks there.
 */
export async function readPage(blog: Blog, path: string): Promise<string> {
  const [section] = byClass('comments', await readHtml(blog, path));
  const newest = section?.attribs['data-comments'];
  if (newest === undefined) throw new Error(`${path} does not say where its comments are`);
  const thread = byClass('comments-thread', await readHtml(blog, newest));
  const lines = [textOf(byClass('meta', thread)[0]), ...byClass('comment', thread).map(commentLine)];
  const reactions = byClass('reactions', thread).flatMap((list) => DomUtils.findAll(isReaction, list.children));
  return [
    ...lines,
    ...peopleLine('liked by', byClass('p-like', thread).filter(isPlain)),
    ...reactions.flatMap((item) => peopleLine(textOf(byClass('reaction', [item])[0]), byClass('p-like', [item]))),
    ...peopleLine('boosted by', byClass('p-repost', thread)),
  ].join('\n');
}

async function readHtml(blog: Blog, path: string): Promise<Nodes> {
  const response = await fetch(`http://127.0.0.1:${blog.environment.PORT}${path}`, {
    headers: { accept: 'text/html' },
  });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  return parseDocument(await response.text()).children;
}

function commentLine(comment: Element): string {
  const depth = ancestors(comment).filter(({ name }) => name === 'ol').length;
  return `${'  '.repeat(depth)}${nameIn(comment)}: ${textOf(byClass('e-content', [comment])[0])}`;
}

function peopleLine(word: string, people: readonly Element[]): string[] {
  return people.length === 0 ? [] : [`${word} ${people.map(nameIn).join(', ')}`];
}

function nameIn(element: Element): string {
  return textOf(byClass('p-name', [element])[0]);
}

function isReaction(item: Element): boolean {
  return item.name === 'li' && byClass('reaction', [item]).length > 0;
}

function isPlain(like: Element): boolean {
  return !ancestors(like).some((element) => hasClass(element, 'reactions'));
}

function ancestors(element: Element): Element[] {
  const { parent } = element;
  return parent === null || !('attribs' in parent) ? [] : [parent, ...ancestors(parent)];
}

function byClass(className: string, nodes: Nodes): Element[] {
  return DomUtils.findAll((element) => hasClass(element, className), nodes);
}

function hasClass({ attribs }: Element, className: string): boolean {
  return (attribs.class ?? '').split(/\s+/).includes(className);
}

function textOf(element: Element | undefined): string {
  return element === undefined ? '' : DomUtils.textContent(element).trim();
}
