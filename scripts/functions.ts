import * as collections from '../functions/collections.ts';
import * as comments from '../functions/comments.ts';
import * as followers from '../functions/followers.ts';
import * as following from '../functions/following.ts';
import * as inbox from '../functions/inbox.ts';
import * as interact from '../functions/interact.ts';
import * as ledger from '../functions/ledger.ts';
import * as media from '../functions/media.ts';
import * as notifications from '../functions/notifications.ts';
import * as objects from '../functions/objects.ts';
import * as owner from '../functions/owner.ts';
import * as ownerSending from '../functions/owner-sending.ts';
import * as reading from '../functions/reading.ts';
import * as stamps from '../functions/stamps.ts';
import * as webfinger from '../functions/webfinger.ts';
import type { FunctionModule } from '../server/hosts/host.ts';

/**
 * Every function that answers others, as the Node host runs them: of two whose paths fit, the first answers. What it does in its
 * own process it needs no function for: it sweeps, publishes and delivers, and serves the pages.
 */
export const FUNCTIONS: readonly FunctionModule[] = [
  collections,
  comments,
  followers,
  following,
  inbox,
  interact,
  ledger,
  media,
  notifications,
  objects,
  owner,
  ownerSending,
  reading,
  stamps,
  webfinger,
];
