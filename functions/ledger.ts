import type { Config } from '@netlify/functions';
import { receiveWith } from '../server/hosts/receive-with.ts';
import { ledger } from '../server/routes/ledger.ts';

export default receiveWith(ledger, {});

// When the account is gone it says so itself: see the route.
export const config: Config = { path: '/ap/ledger' };
