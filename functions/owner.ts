import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { owner } from '../server/routes/owner.ts';

export default answerWith(owner);

export const config: Config = { path: '/ap/owner' };
