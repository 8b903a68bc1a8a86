import type { Config } from '@netlify/functions';
import { hearWebhooks } from '../server/hosts/netlify-work.ts';

export default hearWebhooks();

export const config: Config = {
  path: '/ap/webhook',
  rateLimit: { windowSize: 60, windowLimit: 60, aggregateBy: ['ip', 'domain'] },
};
