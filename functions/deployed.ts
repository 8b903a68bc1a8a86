import { publishDeployed } from '../server/hosts/netlify-work.ts';

export default { deploySucceeded: publishDeployed };
