import { findPost } from '../routes/find-object.ts';
import { type CommentsDeps, type PostComments, readComments } from '../routes/post-comments.ts';
import type { LivePart } from './live-pages.ts';

/** What others said, as the live part of a post's page; `render` writes it as the build does. */
export function liveComments(deps: CommentsDeps, render: (comments: PostComments) => string): LivePart {
  const { site, store } = deps;
  return {
    async basis(id) {
      const [version, { voters, votes }, { avatars, replies }, own] = await Promise.all([
        store.interactions.version(id),
        store.answers.tally(id),
        site.rules(),
        site.ownReplies(),
      ]);
      // Every rule that `readComments` looks at. A post of ours that comes out or goes is another number or another last one.
      return [
        version,
        voters,
        votes.join(),
        avatars,
        replies.from,
        replies.closeAfterMs,
        own.replies.length,
        own.replies.at(-1)?.[0],
      ];
    },
    async write(id) {
      const found = await findPost(deps, id);
      // Nothing was said about what is no post, and nothing is shown any more of what was deleted.
      if (found.kind !== 'live') return { html: '' };
      const comments = await readComments(deps, found);
      return { html: render(comments), until: comments.changesAt ?? Number.POSITIVE_INFINITY };
    },
  };
}
