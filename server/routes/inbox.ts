import { type Outcome, refused } from '../../federation/outcome.ts';
import { RETRY_AFTER_S } from '../inbound-limits.ts';
import { logOutcome } from '../log-outcome.ts';
import { type ReceiveDeps, receive } from '../receive.ts';
import { readBody } from './read-body.ts';
import { problem } from './respond.ts';

/** 1 MiB, as Mastodon has it; most activities are a few KiB. */
const MAX_BODY = 1_048_576;

/** Mastodon gives up after 10 s: who takes longer than that to send is not waiting for the answer. */
const BODY_WITHIN_MS = 10_000;

const ALLOW = 'POST, OPTIONS';

/** Takes an activity in and answers with what came of it: 202, or what the sender did wrong, or 503 to try again. */
export async function inbox(
  deps: ReceiveDeps,
  request: Request,
  options: { readonly bodyWithinMs?: number } = {},
): Promise<Response> {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: ALLOW } });
  return respond(await outcomeOf(deps, request, options.bodyWithinMs ?? BODY_WITHIN_MS));
}

async function outcomeOf(deps: ReceiveDeps, request: Request, withinMs: number): Promise<Outcome> {
  const read = await readBody(request, { maxBytes: MAX_BODY, withinMs });
  switch (read.kind) {
    case 'too-large':
      return refuse(deps, refused('body-too-large', 413, 'The body is larger than 1 MiB.'));
    case 'too-slow':
      return refuse(deps, refused('body-too-slow', 408, 'The body did not arrive in time.'));
    case 'broken':
      return refuse(deps, refused('body-broken', 400, 'The body ended early.'));
    case 'body': {
      const { method, headers } = request;
      const url = await publicUrl(deps, request);
      return typeof url === 'string' ? receive(deps, { method, url, headers, body: read.bytes }) : url;
    }
    default:
      return read satisfies never;
  }
}

/**
 * Signatures name the public address, whatever a proxy or platform made of it; never what a Host header claims. Without a
 * build nobody knows it, so that nothing can be verified: the sender tries again.
 */
async function publicUrl(deps: ReceiveDeps, request: Request): Promise<string | Outcome> {
  const { pathname, search } = new URL(request.url);
  try {
    return (await deps.site.manifest()).origin + pathname + search;
  } catch (fault) {
    return refuse(deps, refused('no-site', 503, 'Something is wrong on our side: try again later.'), fault);
  }
}

/** `receive` logs its own outcomes; this one never got there. */
function refuse(deps: ReceiveDeps, outcome: Outcome, fault?: unknown): Outcome {
  logOutcome(deps.log, outcome, { envelope: {}, fault });
  return outcome;
}

function respond(outcome: Outcome): Response {
  if (outcome.kind !== 'refused') return new Response(null, { status: 202 });
  const { status, message } = outcome;
  if (status === 405) return problem(status, message, { allow: ALLOW });
  return problem(status, message, status === 503 || status === 429 ? { 'retry-after': `${RETRY_AFTER_S}` } : {});
}
