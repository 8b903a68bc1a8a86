import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { comments } from '../server/routes/comments.ts';
import { renderCommentsPage } from '../templates/comments-page.ts';

export default answerWith((deps, request) =>
  comments(deps, request, ({ url, ...view }) => renderCommentsPage(view, url)),
);

export const config: Config = {
  path: ['/ap/comments/posts/:key', '/ap/comments/notes/:key'],
  rateLimit: { windowSize: 60, windowLimit: 600, aggregateBy: ['ip', 'domain'] },
};
