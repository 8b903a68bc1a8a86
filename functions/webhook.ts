import type { Config } from '@netlify/functions';
import { hearWebhook } from '../server/hosts/netlify-work.ts';

export default hearWebhook;

export const config: Config = { path: '/ap/webhook' };
