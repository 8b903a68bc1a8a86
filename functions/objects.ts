import type { Config } from '@netlify/functions';
import { depsOf, type HostContext } from '../server/hosts/host.ts';
import { objects } from '../server/routes/objects.ts';

export default (request: Request, context: HostContext): Promise<Response> => objects(depsOf(context), request);

export const config: Config = { path: ['/ap/posts/:key.json', '/ap/notes/:key.json'], preferStatic: true };
