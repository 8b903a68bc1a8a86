import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { pages } from '../server/routes/pages.ts';

export default answerWith(pages);

// What the edge function asks for who wants the object of a page.
export const config: Config = { path: ['/ap/pages', '/ap/pages/*'] };
