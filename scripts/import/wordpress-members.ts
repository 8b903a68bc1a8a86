import { metaOf, type WordPressItem } from './wordpress-item.ts';

/** True for a post that Jetpack and WordPress.com show to subscribers alone, whatever its status (`_jetpack_newsletter_access`). */
export function isForMembers(item: WordPressItem): boolean {
  return !['', 'everybody'].includes(metaOf(item, '_jetpack_newsletter_access') ?? '');
}

/** Blocks of Jetpack, and shortcodes of plugins, around what only some may read. The blocks' attributes have `>` escaped. */
const GATE =
  /<!--\s*(\/?)wp:premium-content\/(?:container|subscriber-view)\b[^>]{0,10000}>|\[(\/?)(membership|restrict|wcm_restrict|mepr-show|mepr-active|members_access|members_logged_in|swpm_protected|um_loggedin|arm_restrict_content|ihc-hide-content|s2If)\b[^\]]{0,1000}\]/gi;

export interface Opened {
  readonly html: string;
  /** How many parts stay out. */
  readonly gated: number;
}

/** Takes out of a text what it has for members alone: from a gate to its end; a block without one goes to the end of the text. */
export function withoutGated(content: string): Opened {
  let html = '';
  let gated = 0;
  let depth = 0;
  let open = 0;
  const closed = new Map<string, boolean>();
  const isClosed = (name: string): boolean => {
    const found = closed.get(name) ?? content.includes(`[/${name}`);
    closed.set(name, found);
    return found;
  };
  for (const gate of content.matchAll(GATE)) {
    const [whole, blockEnd, shortcodeEnd, name] = gate;
    // A shortcode that nothing closes is words about it.
    if (name !== undefined && !isClosed(name)) continue;
    const isEnd = blockEnd === '/' || shortcodeEnd === '/';
    if (depth === 0) html += content.slice(open, gate.index);
    if (!isEnd && depth === 0) gated += 1;
    if (!/\/\s*(?:-->|\])$/.test(whole)) depth = Math.max(0, depth + (isEnd ? -1 : 1));
    open = gate.index + whole.length;
  }
  return { html: depth === 0 ? html + content.slice(open) : html, gated };
}
