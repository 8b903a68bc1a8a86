import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { objectCollections } from '../server/routes/object-collections.ts';

export default answerWith(objectCollections);

// Spelt out and in few pieces, because Netlify reads the paths from the source text.
export const config: Config = { path: ['/ap/posts/:key/:collection', '/ap/notes/:key/:collection'] };
