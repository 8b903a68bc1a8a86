import type { Config } from '@netlify/functions';
import { receiveWith } from '../server/hosts/receive-with.ts';
import { pages } from '../server/routes/pages.ts';

// Pages stay when the account is gone; what is behind them says itself that it went with it.
export default receiveWith(pages, {});

// What the edge function asks for who wants the object of a page.
export const config: Config = { path: ['/ap/pages', '/ap/pages/*'] };
