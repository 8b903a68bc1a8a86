import type { Config } from '@netlify/functions';
import { createDeps } from '../deps.ts';
import type { HostWork } from '../host-work.ts';
import type { HostFacts } from '../owner-status.ts';
import type { Deps } from '../ports.ts';
import { createReceivingDeps } from '../receiving-deps.ts';
import { goneAnswer } from '../routes/gone.ts';
import type { OwnerDeps } from '../routes/owner-request.ts';
import type { StartingDeps, Workplace } from '../start-work.ts';
import type { BlobsStoreOptions } from '../store/blobs.ts';
import { DEPS, type HostContext, handlerOf } from './handler.ts';
import { answerOnNetlify, type NetlifyContext, openOnce } from './netlify.ts';
import { openNetlifyStore } from './netlify-store.ts';

/** A module of `functions/`, in the form that Netlify gives them. */
export interface FunctionModule {
  readonly default: (request: Request, context: HostContext) => Response | Promise<Response>;
  readonly config: Config;
}

type Route = (deps: Deps, request: Request) => Promise<Response>;

/** Makes the context of one call, for a host that runs the functions in its own process. */
export function contextWith(deps: Deps, params: Record<string, string>): HostContext {
  return { params, [DEPS]: deps };
}

/** Makes the handler of a function from a route: on whatever host it runs, nothing of a deleted account is answered. */
export function answerWith(route: Route): FunctionModule['default'] {
  return handlerOf(createDeps, unlessGone(route), {});
}

function unlessGone(route: Route): Route {
  return async (deps, request) => (await goneAnswer(deps, request)) ?? route(deps, request);
}

/**
 * The same for the owner, with less to load, who is also told what `facts` knows of the host, and can have it do what `work`
 * says. `more` is what its store has to do besides.
 */
export function answerOwnerWith(
  route: (deps: OwnerDeps, request: Request) => Promise<Response>,
  facts: (place: Workplace<StartingDeps>, env: typeof process.env) => Promise<HostFacts>,
  work: (place: Workplace<StartingDeps>, context: NetlifyContext) => HostWork,
  more: Pick<BlobsStoreOptions, 'sizes'> = {},
): FunctionModule['default'] {
  const open = openOnce(createReceivingDeps, {
    env: process.env,
    openStore: (deployment, env) => openNetlifyStore(deployment, env, more),
  });
  const answer = async (deps: OwnerDeps, request: Request) => (await goneAnswer(deps, request)) ?? route(deps, request);
  return async (request, context) => {
    const given = context[DEPS];
    if (given) return answer(given, request);
    const place = async () => {
      const blog = await open(context);
      const hostWork = work(blog, context);
      return { ...blog, deps: { ...blog.deps, hostFacts: () => facts(blog, process.env), hostWork } };
    };
    return answerOnNetlify(place, { request, context }, answer, { productionOnly: true });
  };
}
