import { type FeedNotification, newFeedSecret, notificationFeed } from '../notification-feed.ts';
import type { Deps } from '../ports.ts';
import { isSameSecret, PRIVATE } from './private-feed.ts';
import { problem } from './respond.ts';

const ALLOW = 'GET, HEAD';

/** As many as a feed reader shows. */
const MOST = 100;

/**
 * Answers with the owner's notifications as an Atom feed, to whoever knows its secret address. Any other secret is answered
 * as if there were nothing, and takes as long.
 */
export async function notifications(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  const [, given = ''] = /^\/ap\/notifications\/([^/]*)$/.exec(new URL(request.url).pathname) ?? [];
  const secret = await deps.store.notifications.secret(newFeedSecret);
  if (!isSameSecret(given, secret)) return problem(404, 'There is nothing at this address.', PRIVATE);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, `This address answers ${ALLOW} only.`, { ...PRIVATE, allow: ALLOW });
  }
  const feed = await write(deps);
  const headers = { ...PRIVATE, 'content-type': 'application/atom+xml; charset=utf-8' };
  return new Response(request.method === 'HEAD' ? null : feed, { headers });
}

async function write({ site, store }: Pick<Deps, 'site' | 'store'>): Promise<string> {
  const [manifest, list] = await Promise.all([site.manifest(), store.notifications.list(MOST)]);
  const posts = new Map(manifest.objects.map((post) => [post.id, post]));
  const items = await Promise.all(
    list.map(async (notification): Promise<FeedNotification> => {
      const { actor, interaction, target } = notification;
      return {
        notification,
        interaction: interaction === undefined ? undefined : await store.interactions.get(interaction),
        author: await store.interactions.author(actor),
        post: target === undefined ? undefined : posts.get(target),
      };
    }),
  );
  return notificationFeed(manifest.origin, items);
}
