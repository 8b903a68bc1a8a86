import type { Config, Context } from '@netlify/functions';
import { PosternError } from '../errors.ts';
import type { Deps } from '../ports.ts';
import { goneAnswer } from '../routes/gone.ts';

const DEPS = Symbol.for('postern.deps');

/** What a function gets from its host besides the request: the parameters of its path, and what the host put in. */
export interface HostContext extends Pick<Context, 'params'> {
  readonly [DEPS]?: Deps;
}

/** A module of `functions/`, in the form that Netlify gives them. */
export interface FunctionModule {
  readonly default: (request: Request, context: HostContext) => Response | Promise<Response>;
  readonly config: Config;
}

/** Makes the context of one call, for a host that runs the functions in its own process. */
export function contextWith(deps: Deps, params: Record<string, string>): HostContext {
  return { params, [DEPS]: deps };
}

/** Gives a function what its host put into the context. */
export function depsOf(context: HostContext): Deps {
  const deps = context[DEPS];
  if (deps) return deps;
  throw new PosternError('no-host', 'This function was called without a host that gives it a store and keys.', {
    hint: 'So far the functions run under the Node host alone: start the site with `npm start`.',
  });
}

/** Makes the handler of a function from a route: on whatever host it runs, nothing of a deleted account is answered. */
export function answerWith(route: (deps: Deps, request: Request) => Promise<Response>): FunctionModule['default'] {
  return async (request, context) => {
    const deps = depsOf(context);
    return (await goneAnswer(deps, request)) ?? route(deps, request);
  };
}
