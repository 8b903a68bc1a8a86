import type { Context } from '@netlify/functions';
import type { Deps } from '../ports.ts';
import type { StartingDeps } from '../start-work.ts';
import { type AnswerOptions, answerOnNetlify, type MakeDeps, type NetlifyContext, openOnce } from './netlify.ts';

export const DEPS = Symbol.for('postern.deps');

/** What a function gets from its host besides the request: the parameters of its path, and what the host put in. */
export interface HostContext extends Pick<Context, 'params'>, NetlifyContext {
  readonly [DEPS]?: Deps;
}

/** A host that runs functions in its own process puts in what they need; on Netlify each makes it. */
export function handlerOf<D extends StartingDeps>(
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
