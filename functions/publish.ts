import type { Config } from '@netlify/functions';
import { workWith } from '../server/hosts/netlify-work.ts';
import { workOnPublish, workOnReconcile } from '../server/work.ts';

export default workWith({ publish: workOnPublish, reconcile: workOnReconcile });

export const config: Config = { path: '/ap/work/publish', method: 'POST', background: true };
