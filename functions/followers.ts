import type { Config } from '@netlify/functions';
import { depsOf, type HostContext } from '../server/hosts/host.ts';
import { followers } from '../server/routes/followers.ts';

export default (request: Request, context: HostContext): Promise<Response> => followers(depsOf(context), request);

export const config: Config = { path: '/ap/followers' };
