import type { Deps } from '../ports.ts';
import { checkWebhook, SECRET_LENGTH } from '../webhook-signature.ts';
import { readBody } from './read-body.ts';
import { problem } from './respond.ts';

export interface WebhookDeps extends Pick<Deps, 'clock' | 'log'> {
  /** Shared with who builds; without one there is nothing here. */
  readonly secret: string | undefined;
  /** Has what is live published; false when that was begun a moment ago. */
  readonly publish: () => Promise<boolean>;
}

/** Netlify's own notifications have some 5 KiB. */
const MAX_BODY = 262_144;
const BODY_WITHIN_MS = 10_000;

const ALLOW = 'POST';

const SHORT_HINT =
  `POSTERN_WEBHOOK_SECRET has fewer than ${SECRET_LENGTH} characters, which can be guessed from one signature. Make another ` +
  'with `openssl rand -hex 32`, set it here and at the builder, and deploy again.';

/**
 * Hears from a builder that a build went live: 202, and what is live is looked at in the background. What the body says
 * does not matter, only that it is signed; said twice, nothing is published twice. One log line each.
 */
export async function webhook({ secret, clock, log, publish }: WebhookDeps, request: Request): Promise<Response> {
  const refuse = (reason: string, status: number, message: string, headers: Record<string, string> = {}) => {
    log({ event: 'webhook.refused', level: 'warn', reason, status });
    return problem(status, message, { 'cache-control': 'no-store', ...headers });
  };
  if (secret === undefined) return refuse('no-secret', 404, 'There is nothing at this address.');
  if (secret.length < SECRET_LENGTH) {
    log({ event: 'webhook.secret-too-short', level: 'error', hint: SHORT_HINT });
    return problem(404, 'There is nothing at this address.', { 'cache-control': 'no-store' });
  }
  if (request.method !== 'POST') return refuse('method', 405, 'This address answers POST only.', { allow: ALLOW });
  const read = await readBody(request, { maxBytes: MAX_BODY, withinMs: BODY_WITHIN_MS });
  switch (read.kind) {
    case 'too-large':
      return refuse('body-too-large', 413, 'The body is larger than 256 KiB.');
    case 'too-slow':
      return refuse('body-too-slow', 408, 'The body did not arrive in time.');
    case 'broken':
      return refuse('body-broken', 400, 'The body ended early.');
    case 'body': {
      const signature = request.headers.get('x-webhook-signature');
      const checked = await checkWebhook(secret, signature, { body: read.bytes, now: clock() });
      if (checked.kind === 'refused') return refuse(checked.reason, 401, 'The signature is missing or not right.');
      log({ event: 'webhook.heard', level: 'info', started: await publish() });
      return new Response(null, { status: 202, headers: { 'cache-control': 'no-store' } });
    }
    default:
      return read satisfies never;
  }
}
