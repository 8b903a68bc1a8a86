import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { ledger } from '../server/routes/ledger.ts';

export default answerWith(ledger);

export const config: Config = { path: '/ap/ledger' };
