import type { Config } from '@netlify/functions';
import { workWith } from '../server/hosts/netlify-work.ts';

export default workWith('deliver');

export const config: Config = { path: '/ap/work/deliver', method: 'POST', background: true };
