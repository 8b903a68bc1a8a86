import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { interact } from '../server/routes/interact.ts';

export default answerWith(interact);

export const config: Config = {
  path: '/ap/interact',
  rateLimit: { windowSize: 60, windowLimit: 120, aggregateBy: ['ip', 'domain'] },
};
