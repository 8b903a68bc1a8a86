import type { Config } from '@netlify/functions';
import { workWith } from '../server/hosts/netlify-work.ts';
import { workOnPublish, workOnReconcile, workOnUpkeep } from '../server/work.ts';

export default workWith({ publish: workOnPublish, reconcile: workOnReconcile, upkeep: workOnUpkeep });

export const config: Config = {
  path: '/ap/work/publish',
  method: 'POST',
  background: true,
  rateLimit: { windowSize: 60, windowLimit: 60, aggregateBy: ['ip', 'domain'] },
};
