/**
 * Replaces what stands between a beginning and its end, such as `<pre>` and `</pre>`. An end is looked for once, so that a
 * text of beginnings alone takes no longer than any other.
 */
export function replacePairs(
  text: string,
  /** With the flag `g`. */
  open: RegExp,
  endOf: (opened: RegExpExecArray) => string,
  replace: (opened: RegExpExecArray, inner: string, whole: string) => string,
): string {
  const ends = new Map<string, RegExp>();
  const absent = new Set<string>();
  let result = '';
  let rest = 0;
  open.lastIndex = 0;
  for (let opened = open.exec(text); opened !== null; opened = open.exec(text)) {
    const end = endOf(opened).toLowerCase();
    const pattern = ends.get(end) ?? new RegExp(end.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), 'gi');
    ends.set(end, pattern);
    const from = opened.index + opened[0].length;
    pattern.lastIndex = from;
    const closed = absent.has(end) ? null : pattern.exec(text);
    if (closed === null) {
      absent.add(end);
      continue;
    }
    const until = closed.index + closed[0].length;
    result += text.slice(rest, opened.index);
    result += replace(opened, text.slice(from, closed.index), text.slice(opened.index, until));
    rest = until;
    open.lastIndex = until;
  }
  return result + text.slice(rest);
}
