import type { Config } from '@netlify/functions';
import { answerOwnerWith } from '../server/hosts/host.ts';
import { netlifyFacts } from '../server/hosts/netlify-facts.ts';
import { netlifyHostWork } from '../server/hosts/netlify-host-work.ts';
import { ownerSending } from '../server/routes/owner-sending.ts';

export default answerOwnerWith(ownerSending, netlifyFacts, netlifyHostWork);

export const config: Config = { path: '/ap/owner/sending' };
