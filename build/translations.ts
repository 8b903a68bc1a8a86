import type { Translation } from '../federation/reference.ts';
import type { BodyResult } from './body.ts';
import type { DocumentHead } from './document.ts';
import { compare } from './fault-report.ts';
import type { Post } from './model.ts';
import type { FindTarget } from './own-targets.ts';
import { mentionsOf, toTranslation } from './posts.ts';

/** A document that has a page, and from when. */
export interface Dated {
  readonly head: DocumentHead;
  readonly body: BodyResult;
  readonly at: number;
}

/** The post that a file translates; undefined for any other file. */
export function originalOf(head: DocumentHead, find: FindTarget): DocumentHead | undefined {
  const { translationOf } = head.fields;
  const target = translationOf === undefined ? undefined : find(head.file.source, translationOf);
  return target?.kind === 'own' ? target.head : undefined;
}

/** The translations among documents, by the file that they translate. */
export function translationsOf(dated: readonly Dated[], find: FindTarget): Map<string, Dated[]> {
  const bySource = new Map<string, Dated[]>();
  for (const one of dated) {
    const original = originalOf(one.head, find);
    if (original) bySource.set(original.file.source, [...(bySource.get(original.file.source) ?? []), one]);
  }
  return bySource;
}

/** Puts its translations into a post. Whom one of them names is told of the post, too. */
export function withTranslations(post: Post, body: BodyResult, dated: readonly Dated[]): Post {
  if (dated.length === 0) return post;
  const translations = dated
    .map(({ head, body: own }): Translation => {
      const { language, path, html, title, description } = toTranslation(head, own, post.path);
      return {
        language,
        ...(title === undefined ? {} : { title }),
        path,
        ...(description === undefined ? {} : { description }),
        html,
      };
    })
    .sort((a, b) => compare(a.language, b.language));
  return {
    ...post,
    translations,
    ...mentionsOf([body, ...dated.map((one) => one.body)].flatMap(({ mentions }) => mentions)),
  };
}
