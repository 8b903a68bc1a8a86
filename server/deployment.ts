/** The context of a production deploy that is not live: not yet, or another one took its place. It is none of production's. */
export const UNPUBLISHED = 'unpublished';

/** The context of a machine of the platform that does not say in which context it runs. */
export const UNKNOWN = 'unknown';

/** What a platform says about the deployment that runs. */
export interface Deployment {
  /**
   * As Netlify names them: `production`, `deploy-preview`, `branch-deploy`, …; empty or `dev` on a developer's machine. Or
   * one of the two above.
   */
  readonly context: string;
  /** The main address of the site that it belongs to. */
  readonly siteUrl?: string;
  /** Development: on this machine it may federate with others on this machine. */
  readonly allowPrivateAddresses: boolean;
}

/** Why a deployment takes part in nothing. */
export interface NotFederating {
  readonly why:
    | 'not-production'
    | 'local-look'
    | 'other-site'
    | 'keys-missing'
    | 'key-mismatch'
    | 'not-live'
    | 'live-unknown';
  readonly facts: Readonly<Record<string, string>>;
}

export function isLocal({ context }: Pick<Deployment, 'context'>): boolean {
  return context === '' || context === 'dev';
}

/**
 * Says why this deployment may neither send nor receive; undefined when it may. Only the production deploy of the site that
 * has the origin's own host does (invariant 4): previews and branch deploys do not, nor does a second site that is built
 * from the same repository. Costs nothing; whether what was built is also what is live, `createGate` says.
 */
export function notFederating(deployment: Deployment, origin: string): NotFederating | undefined {
  const { context, siteUrl, allowPrivateAddresses } = deployment;
  if (isLocal(deployment)) return allowPrivateAddresses ? undefined : { why: 'local-look', facts: {} };
  if (context !== 'production') return { why: 'not-production', facts: { context } };
  const site = siteUrl !== undefined && URL.canParse(siteUrl) ? new URL(siteUrl).host : '';
  return site === new URL(origin).host ? undefined : { why: 'other-site', facts: { site, origin } };
}
