import { Parser } from 'htmlparser2';

const ENTITY = /&(?:#\d{2,7}|#x[\da-f]{2,6}|[a-z][a-z\d]{1,30});/i;
/** Marks of a word, opened and closed again; `Vec<T>` and a lone `<b>` are words themselves. */
const MARKED = /<(abbr|b|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u)\b[^<>]*>(.*?)<\/\1>/gi;

/** A title or description as a reader sees it: other generators print it into HTML, where `&#8217;` is a letter. */
export function plainText(text: string): string {
  const unmarked = text.includes('</') ? text.replace(MARKED, '$2') : text;
  return ENTITY.test(unmarked) ? decodeEntities(unmarked) : unmarked;
}

function decodeEntities(text: string): string {
  let decoded = '';
  const parser = new Parser({
    ontext: (part) => {
      decoded += part;
    },
  });
  parser.end(text.replaceAll('<', '&lt;'));
  return decoded;
}
