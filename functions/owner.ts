import type { Config } from '@netlify/functions';
import { answerOwnerWith } from '../server/hosts/host.ts';
import { netlifyFacts } from '../server/hosts/netlify-facts.ts';
import { owner } from '../server/routes/owner.ts';

export default answerOwnerWith(owner, netlifyFacts);

export const config: Config = { path: '/ap/owner' };
