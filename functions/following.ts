import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { following } from '../server/routes/following.ts';

export default answerWith(following);

export const config: Config = { path: '/ap/following' };
