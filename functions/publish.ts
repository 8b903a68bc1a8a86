import type { Config } from '@netlify/functions';
import { workWith } from '../server/hosts/netlify-work.ts';

export default workWith('publish', 'reconcile');

export const config: Config = { path: '/ap/work/publish', method: 'POST', background: true };
