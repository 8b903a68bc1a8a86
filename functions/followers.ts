import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { followers } from '../server/routes/followers.ts';

export default answerWith(followers);

export const config: Config = { path: '/ap/followers' };
