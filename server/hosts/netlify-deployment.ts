import { type Deployment, isLocal, UNKNOWN, UNPUBLISHED } from '../deployment.ts';
import type { NetlifyContext } from './netlify.ts';

/**
 * What the platform says of this request's deployment; what a developer sets counts on a developer's machine alone.
 *
 * Each request is looked at: one instance answers before its deploy is published, while it is, and after another one took
 * its place, for an old deploy keeps its own address for ever.
 */
export function deploymentOf(
  { deploy, site }: Pick<NetlifyContext, 'deploy' | 'site'>,
  env: Readonly<Record<string, string | undefined>>,
): Deployment {
  const context = contextOf(deploy, env);
  const siteUrl = site?.url ?? env.URL;
  return {
    context,
    ...(siteUrl === undefined ? {} : { siteUrl }),
    allowPrivateAddresses: isLocal({ context }) && env.POSTERN_ALLOW_PRIVATE_ADDRESSES === '1',
  };
}

function contextOf(deploy: NetlifyContext['deploy'], env: Readonly<Record<string, string | undefined>>): string {
  const context = deploy?.context ?? '';
  if (isLocal({ context })) return isOnPlatform(env) ? UNKNOWN : context;
  return context === 'production' && deploy?.published === false ? UNPUBLISHED : context;
}

/**
 * The platform's own machines are known by the address at which Lambda hands requests out, or by where it unpacks a
 * function. An emulation on a developer's machine (lambda-local) names the function too, and the folder that it runs in.
 */
function isOnPlatform(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.AWS_LAMBDA_RUNTIME_API !== undefined) return true;
  return env.AWS_LAMBDA_FUNCTION_NAME !== undefined && env.LAMBDA_TASK_ROOT === '/var/task';
}
