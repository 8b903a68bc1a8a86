import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { reading } from '../server/routes/reading.ts';

export default answerWith(reading);

export const config: Config = { path: '/ap/reading/:file' };
