import { join } from 'node:path';
import type { Markdown, ParsedMarkdown } from './markdown.ts';
import type { FindPerson, FoundMention } from './markdown-mentions.ts';
import type { Fault, Picture } from './model.ts';
import type { PictureFacts, PictureReader } from './pictures.ts';
import { mediaPath, type References } from './references.ts';

/** A body to render, and where it stands. */
export interface BodyInput {
  readonly source: string;
  readonly body: string;
  readonly bodyLine: number;
  /** Makes the anchors of footnotes unique. */
  readonly name: string;
  /** Make links of `#tags` and mentions: only posts are listed on the pages of tags, and told to anybody. */
  readonly hashtags: boolean;
  /** The featured picture, if the front matter has one. */
  readonly image?: { readonly src: string; readonly alt: string; readonly line: () => number };
}

export interface BodyResult {
  readonly html: string;
  readonly hashtags: readonly string[];
  /** Whom the text names, in order; lines are those of the file. */
  readonly mentions: readonly FoundMention[];
  /** Of a thread: each part by itself. What is beside it is of all. */
  readonly parts?: readonly BodyResult[];
  readonly pictures: readonly Picture[];
  readonly image?: Picture;
  /** Files to copy, relative to the content folder. */
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  /** What the result rests on beside the file itself: addresses of linked documents and stamps of pictures. */
  readonly rests: {
    readonly links: readonly (readonly [href: string, to: string, line: number])[];
    readonly pictures: readonly (readonly [path: string, stamp: string])[];
    readonly people: readonly (readonly [handle: string, person: string])[];
  };
}

export interface BodyTools {
  readonly contentFolder: string;
  readonly markdown: Markdown;
  readonly references: References;
  readonly people: FindPerson;
  readonly pictures: () => Promise<PictureReader>;
  /** The profile's: whether a picture that is not there stops the build. */
  readonly missingPictures: 'refuse' | 'warn';
}

/** Renders one body. The answer is a promise only when pictures must be looked at: most posts have none. */
export function renderBody(input: BodyInput, tools: BodyTools): BodyResult | Promise<BodyResult> {
  const { name, hashtags } = input;
  const parsed = tools.markdown.parse(input.body, { name, hashtags, ...(hashtags ? { people: tools.people } : {}) });
  const draft = new BodyDraft(input);
  resolveLinks(parsed, input, tools, draft);
  const wanted = findPictures(parsed, input, tools, draft);
  if (wanted.length === 0) return draft.finish(tools.markdown.render(parsed), parsed);
  return showPictures(wanted, tools, draft).then(() => draft.finish(tools.markdown.render(parsed), parsed));
}

/** Puts the bodies of the parts of a thread together. */
export function joinParts(parts: readonly BodyResult[]): BodyResult {
  const [image] = parts.flatMap((part) => part.image ?? []);
  const pictures = new Map(parts.flatMap((part) => part.pictures.map((picture) => [picture.path, picture] as const)));
  return {
    html: parts.map(({ html }) => html).join(''),
    hashtags: parts.flatMap(({ hashtags }) => hashtags),
    mentions: parts.flatMap(({ mentions }) => mentions),
    parts,
    pictures: [...pictures.values()],
    ...(image === undefined ? {} : { image }),
    files: [...new Set(parts.flatMap(({ files }) => files))],
    faults: parts.flatMap(({ faults }) => faults),
    warnings: parts.flatMap(({ warnings }) => warnings),
    rests: {
      links: parts.flatMap(({ rests }) => rests.links),
      pictures: parts.flatMap(({ rests }) => rests.pictures),
      people: parts.flatMap(({ rests }) => rests.people),
    },
  };
}

class BodyDraft {
  readonly faults: Fault[] = [];
  readonly warnings: Fault[] = [];
  readonly files = new Set<string>();
  readonly pictures = new Map<string, Picture>();
  readonly links: (readonly [string, string, number])[] = [];
  readonly stamps: (readonly [string, string])[] = [];
  image: Picture | undefined;
  private readonly input: BodyInput;

  constructor(input: BodyInput) {
    this.input = input;
  }

  fault(line: number, message: string): void {
    this.faults.push({ file: this.input.source, line, message });
  }

  missing(line: number, message: string, refuse: boolean): void {
    if (!refuse) this.warn(line, `${message}; the page keeps its address as it is`);
    else
      this.fault(
        line,
        `${message}, or add the line "missingPictures: warn" to profile.md to leave all such as they are`,
      );
  }

  warn(line: number, message: string): void {
    this.warnings.push({ file: this.input.source, line, message });
  }

  finish(html: string, { hashtags, mentions }: ParsedMarkdown): BodyResult {
    return {
      html,
      hashtags,
      mentions: mentions.map((mention) => ({ ...mention, line: this.input.bodyLine + mention.line - 1 })),
      pictures: [...this.pictures.values()],
      ...(this.image === undefined ? {} : { image: this.image }),
      files: [...this.files],
      faults: this.faults,
      warnings: this.warnings,
      rests: {
        links: this.links,
        pictures: this.stamps,
        people: mentions.map(({ handle, person }) => [handle, JSON.stringify(person ?? null)] as const),
      },
    };
  }
}

function resolveLinks(parsed: ParsedMarkdown, input: BodyInput, tools: BodyTools, draft: BodyDraft): void {
  for (const link of parsed.links) {
    const place = tools.references.link(input.source, link.href);
    if (place.kind === 'elsewhere') continue;
    const line = input.bodyLine + link.line - 1;
    draft.links.push([link.href, place.kind === 'missing' ? '' : place.href, line]);
    if (place.kind === 'missing') draft.warn(line, place.message);
    else link.point(place.href);
    if (place.kind === 'file') draft.files.add(place.path);
  }
}

interface WantedPicture {
  readonly path: string;
  readonly src: string;
  readonly line: () => number;
  show(facts: PictureFacts): void;
}

function findPictures(parsed: ParsedMarkdown, input: BodyInput, tools: BodyTools, draft: BodyDraft): WantedPicture[] {
  const wanted: WantedPicture[] = [];
  const refuse = tools.missingPictures === 'refuse';
  for (const picture of parsed.pictures) {
    const place = tools.references.picture(input.source, picture.src);
    const line = input.bodyLine + picture.line - 1;
    if (place.kind === 'elsewhere') picture.show({ src: picture.src });
    else if (place.kind === 'missing') draft.missing(line, place.message, refuse);
    else {
      const show = (facts: PictureFacts): void => {
        const known = toPicture(place.path, picture.alt, facts);
        picture.show({ src: known.path, width: facts.width, height: facts.height });
        if (!draft.pictures.has(known.path)) draft.pictures.set(known.path, known);
      };
      wanted.push({ path: place.path, src: picture.src, line: () => line, show });
    }
  }
  const { image } = input;
  if (!image) return wanted;
  const place = tools.references.picture(input.source, image.src);
  if (place.kind === 'missing') draft.missing(image.line(), place.message, refuse);
  else if (place.kind === 'elsewhere')
    draft.warn(
      image.line(),
      `the featured picture "${image.src}" is on another site and is left out; copy it beside the post to use it`,
    );
  else
    wanted.push({
      path: place.path,
      src: image.src,
      line: image.line,
      show: (facts) => {
        draft.image = toPicture(place.path, image.alt, facts);
      },
    });
  return wanted;
}

async function showPictures(wanted: readonly WantedPicture[], tools: BodyTools, draft: BodyDraft): Promise<void> {
  const reader = await tools.pictures();
  const results = await Promise.all(wanted.map(({ path }) => reader.read(join(tools.contentFolder, path))));
  for (const [index, picture] of wanted.entries()) {
    const result = results[index];
    draft.stamps.push([picture.path, reader.stampOf(join(tools.contentFolder, picture.path))]);
    if (!result?.ok) {
      draft.fault(
        picture.line(),
        `picture "${picture.src}" (${picture.path}) cannot be read: ${result?.message ?? 'unknown'}; save it again as JPEG, PNG, WebP, AVIF, GIF or SVG`,
      );
      continue;
    }
    if (result.facts.hasPlace)
      draft.warn(
        picture.line(),
        `picture ${picture.path} says where it was taken (EXIF GPS), and is published as it is; remove that first if it is nobody's business`,
      );
    draft.files.add(picture.path);
    picture.show(result.facts);
  }
}

/** Makes the picture that pages and peers see. */
export function toPicture(path: string, alt: string, facts: PictureFacts): Picture {
  return {
    path: mediaPath(path),
    alt,
    mediaType: facts.mediaType,
    width: facts.width,
    height: facts.height,
    ...(facts.blurhash === undefined ? {} : { blurhash: facts.blurhash }),
    digest: facts.digest,
  };
}
