import type { Config } from '@netlify/functions';
import { sweepNow } from '../server/hosts/netlify-work.ts';

export default sweepNow;

export const config: Config = { schedule: '*/5 * * * *' };
