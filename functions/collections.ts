import type { Config } from '@netlify/functions';
import { depsOf, type HostContext } from '../server/hosts/host.ts';
import { objectCollections as collections } from '../server/routes/object-collections.ts';

export default (request: Request, context: HostContext): Promise<Response> => collections(depsOf(context), request);

// Spelt out and in few pieces, because Netlify reads the paths from the source text.
export const config: Config = { path: ['/ap/posts/:key/:collection', '/ap/notes/:key/:collection'] };
