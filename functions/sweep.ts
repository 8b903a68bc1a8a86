import type { Config } from '@netlify/functions';
import { sweepWith } from '../server/hosts/netlify-work.ts';
import { sweepOften } from '../server/work.ts';

export default sweepWith(sweepOften);

export const config: Config = { schedule: '*/5 * * * *' };
