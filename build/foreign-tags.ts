const PICTURE = /\.(?:avif|gif|jpe?g|png|svg|webp)$/i;
const PLAYERS: Readonly<Record<string, string>> = {
  youtube: 'https://www.youtube.com/watch?v=',
  vimeo: 'https://vimeo.com/',
  gist: 'https://gist.github.com/',
};

/**
 * Replaces the tags of one line whose meaning is clear. Of Jekyll and Eleventy: `post_url`, `link`, `relative_url`,
 * `site.baseurl`, the post's own values (`{{ title }}`, `{{ page.title }}`) and kramdown's `{: … }`; of Hugo: `figure`
 * and `img`, `ref`, `relref`; of Hexo: `asset_img`; of Eleventy: `image`. A player becomes a link to what it plays, a boxed note plain text, and GitHub's `[!NOTE]` the word; the
 * place of a table of contents is left out.
 */
export function replaceKnown(text: string, data: Readonly<Record<string, unknown>>): string {
  return text
    .replace(/\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\}/g, '')
    .replace(
      /\{\{-?\s*["']([^"']*)["']\s*\|\s*(?:relative_url|absolute_url|url|prepend:\s*site\.baseurl)\s*-?\}\}/g,
      '$1',
    )
    .replace(
      /\{\{-?\s*(?:page\.)?([A-Za-z]\w*)\s*(?:\|\s*(?:escape|safe)\s*)?-?\}\}/g,
      (whole, key: string) => frontMatterValue(data, key) ?? whole,
    )
    .replace(/\{%-?\s*post_url\s+([^\s%]+)\s*-?%\}/g, '/posts/$1.md')
    .replace(/\{%-?\s*link\s+(?:_posts\/)?([^\s%]+)\s*-?%\}/g, '/$1')
    .replace(/\{\{[<%]\s*(?:rel)?ref\s+(?:path=)?["']?([^"'\s>%]+)["']?[^}]*[>%]\}\}/g, (_, target: string) =>
      documentName(target),
    )
    .replace(
      /\{\{[<%]\s*(?:figure|img|image|picture)\s+([^}]*?)\/?[>%]\}\}/g,
      (whole, attributes: string) => figure(attributes) ?? whole,
    )
    .replace(/\{%-?\s*image\s+([^%]*?)-?%\}/g, (whole, attributes: string) => imageTag(attributes) ?? whole)
    .replace(/\{%-?\s*asset_img\s+([^%]*?)-?%\}/g, (whole, attributes: string) => assetImage(attributes) ?? whole)
    .replace(
      /(?:\{\{[<%]|\{%-?)\s*(youtube|vimeo|gist)(?:Embed)?\s+([^}%>]*?)\/?(?:[>%]\}\}|-?%\})/g,
      (whole, player: string, attributes: string) => played(player, attributes) ?? whole,
    )
    .replace(/\{%-?\s*(?:end)?(?:note|callout)\b[^%]*%\}/g, '')
    .replace(/^(\s*>\s*)\[!([a-z])([a-z]+)\]\s*$/i, (_, quote: string, first: string, rest: string) => {
      return `${quote}**${first.toUpperCase()}${rest.toLowerCase()}**\\`;
    })
    .replace(/^\s*\[\[?toc\]\]?\s*$/i, '')
    .replace(/\{:[^}\n]*\}/g, '');
}

/** Keeps the words of links, and of pictures, whose address only the other generator could tell. */
export function leaveUnknownAddresses(text: string, tell: (address: string) => void): string {
  return text.replace(
    /!?\[([^[\]]*)\]\(([^()\s]*\{[{%][^()]*[%}]\}[^()\s]*)\)/g,
    (_, words: string, address: string) => {
      tell(address);
      return words;
    },
  );
}

function frontMatterValue(data: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  return typeof value === 'string' && !value.includes('\n') ? value : undefined;
}

function documentName(target: string): string {
  const [, path = '', tail = ''] = /^([^#]*)(#.*)?$/.exec(target) ?? [];
  return path === '' || /\.\w+$/.test(path) ? target : `${path.replace(/\/$/, '')}.md${tail}`;
}

interface Attributes {
  readonly named: ReadonlyMap<string, string>;
  readonly bare: readonly string[];
}

function readAttributes(text: string): Attributes {
  const named = new Map<string, string>();
  const bare: string[] = [];
  for (const match of text.matchAll(/(?:([\w-]+)\s*=\s*)?(?:"([^"]*)"|'([^']*)'|([^\s"'=]+))/g)) {
    const value = match[2] ?? match[3] ?? match[4] ?? '';
    if (match[1] === undefined) bare.push(value);
    else named.set(match[1], value);
  }
  return { named, bare };
}

function figure(attributes: string): string | undefined {
  const { named, bare } = readAttributes(attributes);
  const src = named.get('src') ?? bare.find((value) => PICTURE.test(value));
  if (src === undefined) return undefined;
  const caption = named.get('caption') ?? named.get('title');
  return picture(src, named.get('alt') ?? caption ?? '', caption);
}

function assetImage(attributes: string): string | undefined {
  const { bare } = readAttributes(attributes);
  const at = bare.findIndex((value) => PICTURE.test(value));
  const src = bare[at];
  return src === undefined
    ? undefined
    : picture(
        src,
        bare
          .slice(at + 1)
          .filter((word) => !/^\d+$/.test(word))
          .join(' '),
      );
}

/** `"./a.png", "What it shows", widths`: the shortcode that Eleventy's image plugin is used by. */
function imageTag(attributes: string): string | undefined {
  const [src, alt = ''] = [...attributes.matchAll(/"([^"]*)"|'([^']*)'/g)].map((match) => match[1] ?? match[2] ?? '');
  return src !== undefined && PICTURE.test(src) ? picture(src, alt) : undefined;
}

function picture(src: string, alt: string, caption?: string): string {
  const title = caption === undefined ? '' : ` "${caption.replaceAll('"', '&quot;')}"`;
  return `![${alt.replace(/[[\]]/g, '')}](<${src}>${title})`;
}

function played(player: string, attributes: string): string | undefined {
  const { named, bare } = readAttributes(attributes);
  const id = named.get('id') ?? bare.slice(0, player === 'gist' ? 2 : 1).join('/');
  if (/^https:\/\/[^\s<>]+$/.test(id)) return `<${id}>`;
  return /^[\w/-]+$/.test(id) ? `<${PLAYERS[player] ?? ''}${id}>` : undefined;
}
