import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { objects } from '../server/routes/objects.ts';

export default answerWith(objects);

// Not `preferStatic`, although the build has a file for each object: two dates of it only the ledger knows. Peers that
// fetch an object would read others than its activity told, and Mastodon would miss an edit.
export const config: Config = { path: ['/ap/posts/:key.json', '/ap/notes/:key.json'] };
