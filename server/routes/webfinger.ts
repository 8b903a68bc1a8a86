import { addressesOf } from '../../federation/addresses.ts';
import { avatarOf, buildWebfinger, JRD_JSON, matchResource } from '../../federation/webfinger.ts';
import type { Deps } from '../ports.ts';
import { type Answer, publicAnswer } from './respond.ts';

/** Mastodon keeps an answer for three days anyway. */
const MAX_AGE = 600;

/** Answers who `@user@host` is: the blog by its handle, its actor id or its home page, and nobody else (RFC 7033). */
export function webfinger(deps: Pick<Deps, 'site'>, request: Request): Promise<Response> {
  return publicAnswer(request, () => find(deps, request));
}

async function find({ site }: Pick<Deps, 'site'>, request: Request): Promise<Answer> {
  const resource = new URL(request.url).searchParams.get('resource') ?? '';
  if (resource === '') return fault(400, 'Say who is meant: ?resource=acct:user@host');
  const { origin, actor } = await site.manifest();
  const addresses = addressesOf(origin);
  if (!matchResource(resource, actor, addresses)) return fault(404, 'Nobody of that name is here.');
  const avatar = avatarOf(await site.document(addresses.actor));
  const body = buildWebfinger({ username: actor.username, ...(avatar ? { avatar } : {}) }, addresses);
  return { status: 200, type: JRD_JSON, body, maxAge: MAX_AGE };
}

function fault(status: number, error: string): Answer {
  return { status, type: 'application/json', body: { error }, maxAge: 0 };
}
