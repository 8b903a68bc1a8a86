import { publishWith } from '../server/hosts/netlify-work.ts';
import { workOnPublish } from '../server/work.ts';

export default { deploySucceeded: publishWith(workOnPublish) };
