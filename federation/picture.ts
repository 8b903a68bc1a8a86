import type { JsonObject } from './vocabulary.ts';

/** A picture of the site. */
export interface PictureFacts {
  /** Absolute path on the site. */
  readonly path: string;
  readonly alt: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly blurhash?: string;
  /** Hex SHA-256 of the file: an edited picture is a changed meaning. */
  readonly digest: string;
}

/** Pixelfed refuses an attachment whose sides are larger; they are optional, so they are left out. */
const LARGEST_SIDE = 5000;

/**
 * Builds the Image object of a picture at `origin`. The alt text stands in `name`, where every peer looks; Mastodon 4.6,
 * GoToSocial and Akkoma would prefer `summary` but read `name` in its absence. Sizes in pixels. Never fails.
 * (Activity Vocabulary, Image)
 */
export function pictureObject(picture: PictureFacts, origin: string): JsonObject {
  const sized = Math.max(picture.width, picture.height) <= LARGEST_SIDE;
  return {
    type: 'Image',
    mediaType: picture.mediaType,
    url: pictureUrl(picture, origin),
    ...(picture.alt === '' ? {} : { name: picture.alt }),
    ...(sized ? { width: picture.width, height: picture.height } : {}),
    ...(picture.blurhash === undefined ? {} : { blurhash: picture.blurhash }),
  };
}

/** Gives the absolute, percent-encoded URL of a picture at `origin`. */
export function pictureUrl(picture: PictureFacts, origin: string): string {
  return new URL(picture.path, origin).href;
}
