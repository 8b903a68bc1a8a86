import type { Deps } from '../ports.ts';
import { objectAnswer } from './object-answer.ts';
import { publicAnswer } from './respond.ts';

/** Answers for the object of a post: see `objectAnswer`. */
export function objects(deps: Pick<Deps, 'site' | 'store' | 'clock'>, request: Request): Promise<Response> {
  return publicAnswer(request, async () => {
    const { origin } = await deps.site.manifest();
    return objectAnswer(deps, origin + new URL(request.url).pathname);
  });
}
