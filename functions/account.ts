import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { nothingHere } from '../server/routes/nothing-here.ts';

export default answerWith(nothingHere);

// The files of the build come first, and wake nothing; it leaves them out once the account is gone. Not `/ap/*`: that would
// compete with the paths of the other functions, and each guess of a stranger would cost a call.
const actor = ['/ap/actor.json', '/ap/featured.json', '/ap/outbox.json', '/ap/outbox/:page.json'] as const;
const server = ['/.well-known/nodeinfo', '/nodeinfo/2.1.json'] as const;

export const config: Config = { path: [...actor, ...server], preferStatic: true };
