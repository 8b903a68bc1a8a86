import type { DocumentKind } from './content-files.ts';
import type { DocumentHead } from './document.ts';
import type { Field } from './front-matter-keys.ts';
import type { Fault } from './model.ts';
import type { FindTarget } from './own-targets.ts';
import type { PostFields } from './post-schema.ts';

/** The keys that name another post. */
export const REFERENCES = ['inReplyTo', 'likeOf', 'repostOf', 'quotationOf'] as const;

export type ReferenceField = (typeof REFERENCES)[number];

/** As the messages write them. */
export const WRITTEN: Readonly<Partial<Record<Field, string>>> = {
  inReplyTo: 'in-reply-to',
  likeOf: 'like-of',
  repostOf: 'repost-of',
  quotationOf: 'quotation-of',
  originalUrl: 'original-url',
  poll: 'poll',
  thread: 'thread',
  translationOf: 'translation-of',
};

/** Which exclude each other, and why. */
const EXCLUDED: readonly (readonly [one: Field, others: readonly Field[], why: string])[] = [
  ['likeOf', ['repostOf', 'inReplyTo', 'quotationOf', 'poll', 'thread', 'translationOf'], 'a like says nothing else'],
  ['repostOf', ['inReplyTo', 'quotationOf', 'poll', 'thread', 'translationOf'], 'a boost says nothing else'],
  ['translationOf', ['inReplyTo', 'quotationOf', 'poll', 'thread'], 'it belongs into the file that is translated'],
  ['poll', ['thread'], 'a poll is one post; let the file of the poll have "in-reply-to: ./thread.md"'],
];

const NOTES_ONLY: readonly (readonly [field: Field, why: string])[] = [
  ['likeOf', 'a like is a note'],
  ['repostOf', 'a boost is a note'],
  ['poll', 'only a note can be a poll'],
  ['thread', 'only a note can be a thread'],
];

/** Says which keys of a file do not go together, or not with its kind. */
export function findMisfits(kind: DocumentKind, fields: PostFields): { field: Field; message: string }[] {
  const has = (field: Field): boolean => fields[field] !== undefined && fields[field] !== false;
  if (kind === 'page') {
    const found = [...REFERENCES, 'poll', 'thread', 'translationOf'] as const;
    return found.filter(has).map((field) => ({
      field,
      message: `${WRITTEN[field]} is for posts and notes, and nobody is told of a page; take it out, or move the file`,
    }));
  }
  const misplaced = NOTES_ONLY.filter(([field]) => kind === 'article' && has(field)).map(([field, why]) => ({
    field,
    message: `${WRITTEN[field]}: ${why}; move the file to notes/`,
  }));
  const excluded = EXCLUDED.flatMap(([one, others, why]) =>
    has(one)
      ? others.filter(has).map((other) => ({
          field: other,
          message: `${WRITTEN[other]} does not go with ${WRITTEN[one]}: ${why}; take one of them out`,
        }))
      : [],
  );
  return [...misplaced, ...excluded];
}

/** Finds what is wrong with the references between the files of a blog. `heads` are those whose front matter could be read. */
export function findRelationFaults(heads: readonly DocumentHead[], find: FindTarget): Fault[] {
  return [
    ...heads.flatMap((head) => REFERENCES.flatMap((field) => faultsOfReference(head, field, find))),
    ...findTranslationFaults(heads, find),
    ...findCircles(heads, find),
  ];
}

function faultsOfReference(head: DocumentHead, field: ReferenceField, find: FindTarget): Fault[] {
  const written = head.fields[field];
  if (written === undefined) return [];
  const refuse = (message: string): Fault[] => [
    { file: head.file.source, line: head.lineOf(field), message: `${WRITTEN[field]}: ${message}` },
  ];
  const target = find(head.file.source, written);
  if (target.kind === 'elsewhere') return [];
  if (target.kind === 'missing') return refuse(`${target.message}; name a post that is there, or take the line out`);
  const { file, fields } = target.head;
  if (file.source === head.file.source) return refuse('it names its own file; name another post');
  if (file.kind === 'page') return refuse(`${file.source} is a page, and the network knows posts and notes alone`);
  if (fields.likeOf !== undefined || fields.repostOf !== undefined)
    return refuse(`${file.source} is a like or a boost, and no post of its own; name what it is about`);
  if (fields.translationOf !== undefined)
    return refuse(`${file.source} is a translation; name the file that it translates, for one post has both texts`);
  if (fields.federate === false && head.fields.federate !== false)
    return refuse(`${file.source} is kept from the network (federate: false), so nobody could see what is meant`);
  return [];
}

function findTranslationFaults(heads: readonly DocumentHead[], find: FindTarget): Fault[] {
  const languages = new Map<string, DocumentHead>();
  return heads.flatMap((head): Fault[] => {
    const written = head.fields.translationOf;
    if (written === undefined || head.file.kind === 'page') return [];
    const refuse = (message: string, field: Field = 'translationOf'): Fault[] => [
      { file: head.file.source, line: head.lineOf(field), message: `translation-of: ${message}` },
    ];
    const target = find(head.file.source, written);
    if (target.kind !== 'own')
      return refuse(
        target.kind === 'missing' ? `${target.message}; name the file that it translates` : 'it is no file',
      );
    const { file, fields, language, parts } = target.head;
    if (file.source === head.file.source) return refuse('it names its own file; name the one that it translates');
    if (fields.translationOf !== undefined)
      return refuse(`${file.source} is a translation itself; name the file that has none of its own`);
    if (file.kind !== head.file.kind) return refuse(`${file.source} is in another folder; put the two into the same`);
    if (fields.likeOf !== undefined || fields.repostOf !== undefined || parts)
      return refuse(`${file.source} is ${parts ? 'a thread' : 'a like or a boost'}, which has no translations`);
    if (language === head.language)
      return refuse(
        `${file.source} is in the same language (${language}); add "lang: …" to this file`,
        head.fields.lang === undefined ? 'translationOf' : 'lang',
      );
    const other = languages.get(`${file.source} ${head.language}`);
    if (other) return refuse(`${other.file.source} is its translation into ${head.language} already`);
    languages.set(`${file.source} ${head.language}`, head);
    return [];
  });
}

/** A post that answers what answers it: each circle once, at its first file. */
function findCircles(heads: readonly DocumentHead[], find: FindTarget): Fault[] {
  const next = new Map<DocumentHead, DocumentHead>();
  for (const head of heads) {
    const target = head.fields.inReplyTo === undefined ? undefined : find(head.file.source, head.fields.inReplyTo);
    if (target?.kind === 'own' && target.head.file.source !== head.file.source) next.set(head, target.head);
  }
  const seen = new Set<DocumentHead>();
  return heads.flatMap((head): Fault[] => {
    const way: DocumentHead[] = [];
    let at: DocumentHead | undefined = head;
    for (; at && !seen.has(at); at = next.get(at)) {
      seen.add(at);
      way.push(at);
    }
    const begun = at ? way.indexOf(at) : -1;
    if (begun === -1) return [];
    const circle = way.slice(begun);
    const names = [...circle, ...circle.slice(0, 1)].map(({ file }) => file.source).join(' → ');
    const [first = head] = circle;
    const message = `in-reply-to goes in a circle: ${names}; one of them has to be first`;
    return [{ file: first.file.source, line: first.lineOf('inReplyTo'), message }];
  });
}
