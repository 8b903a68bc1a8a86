import type { Config } from '@netlify/functions';
import { depsOf, type HostContext } from '../server/hosts/host.ts';
import { inbox } from '../server/routes/inbox.ts';

export default (request: Request, context: HostContext): Promise<Response> => inbox(depsOf(context), request);

export const config: Config = { path: '/ap/inbox' };
