import type { Config } from '@netlify/functions';
import { answerOwnerWith } from '../server/hosts/host.ts';
import { netlifyFacts } from '../server/hosts/netlify-facts.ts';
import { netlifyHostWork } from '../server/hosts/netlify-host-work.ts';
import { owner } from '../server/routes/owner.ts';
import { blobsSizes } from '../server/store/blobs-sizes.ts';

export default answerOwnerWith(owner, netlifyFacts, netlifyHostWork, { sizes: blobsSizes });

export const config: Config = { path: '/ap/owner' };
