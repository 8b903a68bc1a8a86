import type { Config, Context } from '@netlify/functions';
import type { Deps } from '../ports.ts';
import { goneAnswer } from '../routes/gone.ts';
import { type AnswerOptions, answerOnNetlify, type NetlifyContext, netlifyBlog } from './netlify.ts';

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
  return receiveWith(async (deps, request) => (await goneAnswer(deps, request)) ?? route(deps, request), {});
}

/** The same for what only a blog that federates answers, and that says itself when the account is gone. */
export function receiveWith(route: Route, options: AnswerOptions = { federatesOnly: true }): FunctionModule['default'] {
  return async (request, context) => {
    const deps = context[DEPS];
    if (deps) return route(deps, request);
    return answerOnNetlify(() => netlifyBlog(context), { request, context }, route, options);
  };
}
