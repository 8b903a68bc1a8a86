import type { Config } from '@netlify/functions';
import { workWith } from '../server/hosts/netlify-work.ts';
import { workOnDeliveries } from '../server/work-deliveries.ts';

export default workWith({ deliver: workOnDeliveries });

export const config: Config = {
  path: '/ap/work/deliver',
  method: 'POST',
  background: true,
  rateLimit: { windowSize: 60, windowLimit: 60, aggregateBy: ['ip', 'domain'] },
};
