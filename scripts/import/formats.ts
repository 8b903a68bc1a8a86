import { feed } from './feed.ts';
import { ghost } from './ghost.ts';
import { mastodon } from './mastodon.ts';
import { medium } from './medium.ts';
import type { ImportFormat } from './source.ts';
import { twitter } from './twitter.ts';
import { wordpress } from './wordpress.ts';

/** All that can be imported, in the order in which each is asked whether a file is its own: the surest first. */
export const FORMATS: readonly ImportFormat[] = [mastodon, twitter, wordpress, ghost, medium, feed];
