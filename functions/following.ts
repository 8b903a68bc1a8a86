import type { Config } from '@netlify/functions';
import { depsOf, type HostContext } from '../server/hosts/host.ts';
import { following } from '../server/routes/following.ts';

export default (request: Request, context: HostContext): Promise<Response> => following(depsOf(context), request);

export const config: Config = { path: '/ap/following' };
