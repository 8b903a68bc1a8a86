import type { Config } from '@netlify/functions';
import { receiveWith } from '../server/hosts/receive-with.ts';
import { inbox } from '../server/routes/inbox.ts';

export default receiveWith(inbox);

// A large server delivers what thousands of its people do from one address; it is slowed later, by who signs
// (`server/inbound-limits.ts`). What sends more than that is cut off before it costs anything.
export const config: Config = {
  path: '/ap/inbox',
  rateLimit: { windowSize: 60, windowLimit: 1200, aggregateBy: ['ip', 'domain'] },
};
