import { createReceivingDeps, type ReceivingDeps } from '../receiving-deps.ts';
import { handlerOf } from './handler.ts';
import type { FunctionModule } from './host.ts';
import type { AnswerOptions } from './netlify.ts';

/**
 * Makes the handler of what says itself when the account is gone, with less to load than `answerWith`: of the inbox, which only
 * a blog that federates has, unless `options` say otherwise.
 */
export function receiveWith(
  route: (deps: ReceivingDeps, request: Request) => Promise<Response>,
  options: AnswerOptions = { federatesOnly: true },
): FunctionModule['default'] {
  return handlerOf(createReceivingDeps, route, options);
}
