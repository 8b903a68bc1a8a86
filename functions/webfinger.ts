import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { webfinger } from '../server/routes/webfinger.ts';

export default answerWith(webfinger);

export const config: Config = { path: '/.well-known/webfinger' };
