import type { Rules } from '../../federation/rules.ts';
import type { CommandResult } from '../owner-commands.ts';
import { checkOwnerToken } from '../owner-token.ts';
import type { Deps } from '../ports.ts';
import { readBody } from './read-body.ts';
import { problem } from './respond.ts';

export type OwnerDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log' | 'hostFacts' | 'hostWork'>;

/** Five hundred ids fit. */
const MAX_BODY = 65_536;
const BODY_WITHIN_MS = 10_000;

/** What is said here is for one person, and of one moment. */
const PRIVATE = { 'cache-control': 'no-store' } as const;

/** Carries out what was asked by whoever has a token for it; `origin` is that of the blog, as it was built. */
export type RunCommand = (asked: unknown, origin: string) => Promise<CommandResult>;

/**
 * Has `run` carry out a command of the owner, who is known by a token that their key signed for this very request. Without an owner's
 * key in the build there is nothing here. Every request ends in one log line; none of them holds what it said.
 */
export async function answerOwner(deps: OwnerDeps, request: Request, run: RunCommand): Promise<Response> {
  const { ownerKey } = await deps.site.rules();
  if (ownerKey === undefined) return refuse(deps, 'no-owner-key', 404, 'This blog takes no commands from elsewhere.');
  if (request.method !== 'POST') {
    return refuse(deps, 'method', 405, 'This address answers POST only.', { allow: 'POST' });
  }
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (token === undefined) return unauthorized(deps, 'token-missing', 'A token of the owner is missing.');
  const read = await readBody(request, { maxBytes: MAX_BODY, withinMs: BODY_WITHIN_MS });
  if (read.kind === 'too-large') return refuse(deps, 'body-too-large', 413, 'The body is larger than 64 KiB.');
  if (read.kind === 'too-slow') return refuse(deps, 'body-too-slow', 408, 'The body did not arrive in time.');
  if (read.kind === 'broken') return refuse(deps, 'body-broken', 400, 'The body ended early.');
  return answer(deps, run, ownerKey, token, read.bytes);
}

async function answer(
  deps: OwnerDeps,
  run: RunCommand,
  ownerKey: NonNullable<Rules['ownerKey']>,
  token: string,
  body: Uint8Array,
): Promise<Response> {
  // What the token must name is the blog as it was built, whatever a Host header claims.
  const { origin } = (await deps.site.parts()).head;
  const checked = await checkOwnerToken(ownerKey, token, { audience: origin, body, now: deps.clock() });
  if (checked.kind === 'refused') return unauthorized(deps, checked.reason, checked.message);
  if (!(await isFirst(deps, checked.jti))) return unauthorized(deps, 'token-used', 'The token was used before.');
  return respond(deps, await run(parse(body), origin));
}

/** Says whether a token comes for the first time, and marks it before anything is done. No activity's id begins like this. */
function isFirst({ store, clock }: OwnerDeps, jti: string): Promise<boolean> {
  return store.inbound.markFirst(`owner-token:${jti}`, clock());
}

function respond(deps: OwnerDeps, ended: CommandResult): Response {
  if (ended.kind === 'malformed') return refuse(deps, 'command-malformed', 400, ended.message);
  deps.log({ event: 'owner.command', level: 'info', command: ended.command });
  return new Response(JSON.stringify({ result: ended.result }), {
    status: 200,
    headers: { ...PRIVATE, 'content-type': 'application/json', 'x-content-type-options': 'nosniff' },
  });
}

function unauthorized(deps: OwnerDeps, reason: string, message: string): Response {
  return refuse(deps, reason, 401, message, { 'www-authenticate': 'Bearer' });
}

function refuse(
  deps: OwnerDeps,
  reason: string,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  deps.log({ event: 'owner.refused', level: 'info', reason, status });
  return problem(status, message, { ...PRIVATE, ...headers });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
