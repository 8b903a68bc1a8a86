import { z } from 'zod';
import { parseDate } from '../../build/dates.ts';

/** A field that is not as it should be is as if it were not there: a post is more than one field of it. */
const text = z.string().nullish().catch(undefined);
const flag = z.preprocess((value) => value === true || value === 1 || value === '1', z.boolean());
const id = z.union([z.string().min(1), z.number()]).transform(String);
const time = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(undefined)
  .transform((value) => (value === null || value === undefined ? undefined : instantOf(value)));

/** ISO 8601, as the database has it (`2020-01-02 03:04:05`, UTC), or in milliseconds in the first versions. */
function instantOf(value: string | number): string | undefined {
  if (typeof value === 'string') {
    const read = parseDate(value);
    return read.ok ? read.date.instant : undefined;
  }
  const date = new Date(value);
  const year = Number.isNaN(date.getTime()) ? -1 : date.getUTCFullYear();
  return year < 0 || year > 9999 ? undefined : `${date.toISOString().slice(0, 19)}Z`;
}

/** A row of `posts` (Ghost `ghost/core/core/server/data/schema/schema.js`). */
export const postSchema = z.object({
  id,
  uuid: text,
  title: text,
  slug: text,
  html: text,
  lexical: text,
  mobiledoc: text,
  feature_image: text,
  featured: flag,
  /** Pages were posts with a mark before 3.0. */
  type: text,
  page: flag,
  status: text,
  /** What is no word for all is for some. */
  visibility: z.string().nullish().catch('unknown'),
  locale: text,
  custom_excerpt: text,
  meta_description: text,
  created_at: time,
  updated_at: time,
  published_at: time,
});

export type GhostPost = z.output<typeof postSchema>;

export const metaSchema = z.object({
  post_id: id,
  feature_image_alt: text,
  meta_description: text,
  email_only: flag,
});

export type GhostMeta = z.output<typeof metaSchema>;

export const tagSchema = z.object({ id, name: z.string(), visibility: text });

export const postTagSchema = z.object({ post_id: id, tag_id: id, sort_order: z.number().catch(0).default(0) });

export const settingSchema = z.object({ key: z.string(), value: z.string() });
