import type { Config, Context } from '@netlify/functions';
import { createDeps, createReceivingDeps, type ReceivingDeps } from '../deps.ts';
import type { HostWork } from '../host-work.ts';
import type { HostFacts } from '../owner-status.ts';
import type { Deps } from '../ports.ts';
import { goneAnswer } from '../routes/gone.ts';
import type { OwnerDeps } from '../routes/owner.ts';
import type { StartingDeps, Workplace } from '../start-work.ts';
import { type AnswerOptions, answerOnNetlify, type MakeDeps, type NetlifyContext, openOnce } from './netlify.ts';

const DEPS = Symbol.for('postern.deps');

/** What a function gets from its host besides the request: the parameters of its path, and what the host put in. */
export interface HostContext extends Pick<Context, 'params'>, NetlifyContext {
  readonly [DEPS]?: Deps;
}

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

/** The same for what says itself when the account is gone, with less to load: the inbox, which only a blog that federates has. */
export function receiveWith(
  route: (deps: ReceivingDeps, request: Request) => Promise<Response>,
  options: AnswerOptions = { federatesOnly: true },
): FunctionModule['default'] {
  return handlerOf(createReceivingDeps, route, options);
}

/**
 * The same for the owner, with less to load, who is also told what `facts` knows of the host, and can have it do what `work`
 * says.
 */
export function answerOwnerWith(
  route: (deps: OwnerDeps, request: Request) => Promise<Response>,
  facts: (place: Workplace<StartingDeps>, env: typeof process.env) => Promise<HostFacts>,
  work: (place: Workplace<StartingDeps>, context: NetlifyContext) => HostWork,
): FunctionModule['default'] {
  const open = openOnce(createReceivingDeps);
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

/** A host that runs functions in its own process puts in what they need; on Netlify each makes it. */
function handlerOf<D extends StartingDeps>(
  make: MakeDeps<D>,
  route: (deps: D, request: Request) => Promise<Response>,
  options: AnswerOptions,
): (request: Request, context: NetlifyContext & { readonly [DEPS]?: D }) => Promise<Response> {
  const open = openOnce(make);
  return async (request, context) => {
    const deps = context[DEPS];
    return deps ? route(deps, request) : answerOnNetlify(() => open(context), { request, context }, route, options);
  };
}
