import type { Config } from '@netlify/functions';
import { depsOf, type HostContext } from '../server/hosts/host.ts';
import { webfinger } from '../server/routes/webfinger.ts';

export default (request: Request, context: HostContext): Promise<Response> => webfinger(depsOf(context), request);

export const config: Config = { path: '/.well-known/webfinger' };
