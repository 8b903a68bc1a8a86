import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { stamps } from '../server/routes/stamps.ts';

export default answerWith(stamps);

export const config: Config = { path: '/ap/stamps/:digest' };
