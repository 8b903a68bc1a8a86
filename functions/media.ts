import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { media } from '../server/routes/media.ts';

export default answerWith(media);

export const config: Config = {
  path: '/ap/media/:digest',
  rateLimit: { windowSize: 60, windowLimit: 1200, aggregateBy: ['ip', 'domain'] },
};
