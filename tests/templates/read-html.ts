import { DomUtils, parseDocument } from 'htmlparser2';

type Document = ReturnType<typeof parseDocument>;
export type Element = ReturnType<typeof DomUtils.findAll>[number];

/** Parses a page as a browser would, near enough. */
export function readHtml(html: string): Document {
  return parseDocument(html);
}

/** Parses XML; names keep their case and their prefix. */
export function readXml(xml: string): Document {
  return parseDocument(xml, { xmlMode: true });
}

/** All elements for which the test holds, in document order. */
export function elements(document: Document, test: (element: Element) => boolean): Element[] {
  return DomUtils.findAll(test, document.children);
}

/** All elements of a name. */
export function named(document: Document, name: string): Element[] {
  return elements(document, (element) => element.name === name);
}

/** All elements with a class. */
export function classed(document: Document, className: string): Element[] {
  return elements(document, (element) => (element.attribs.class ?? '').split(/\s+/).includes(className));
}

/** The only element with a class; the test fails when there is another or none. */
export function onlyClassed(document: Document, className: string): Element {
  const [first, ...others] = classed(document, className);
  if (first === undefined || others.length > 0)
    throw new Error(`${others.length + (first ? 1 : 0)} elements of .${className}`);
  return first;
}

/** The text of an element; empty where there is none. */
export function textOf(element: Element | undefined): string {
  return element === undefined ? '' : DomUtils.textContent(element).trim();
}

/** The links of `<head>` of one relation and, if given, one type. */
export function headLinks(document: Document, rel: string, type?: string): Element[] {
  return named(document, 'link').filter(
    ({ attribs }) => attribs.rel === rel && (type === undefined || attribs.type === type),
  );
}

/** The content of a `<meta>`, by property or name. */
export function metaOf(document: Document, key: string): string | undefined {
  const found = named(document, 'meta').find(({ attribs }) => attribs.property === key || attribs.name === key);
  return found?.attribs.content;
}
