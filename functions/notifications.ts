import type { Config } from '@netlify/functions';
import { answerWith } from '../server/hosts/host.ts';
import { notifications } from '../server/routes/notifications.ts';

export default answerWith(notifications);

export const config: Config = { path: '/ap/notifications/:secret' };
