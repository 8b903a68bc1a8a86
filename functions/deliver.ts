import type { Config } from '@netlify/functions';
import { deliverWith } from '../server/hosts/netlify-delivering.ts';
import { workOnDeliveries } from '../server/work-deliveries.ts';

export default deliverWith(workOnDeliveries);

export const config: Config = {
  path: '/ap/work/deliver',
  method: 'POST',
  background: true,
  rateLimit: { windowSize: 60, windowLimit: 60, aggregateBy: ['ip', 'domain'] },
};
