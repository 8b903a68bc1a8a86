import type { DeploySucceededHandler } from '@netlify/functions';
import { createDeps } from '../deps.ts';
import { webhook } from '../routes/webhook.ts';
import { start, type Workplace } from '../start-work.ts';
import { readWorkToken, type Work } from '../work-token.ts';
import { answerOnNetlify, type NetlifyContext, openOnce } from './netlify.ts';

/** What a function does in the background, by what its token asks for. */
export type Doing = Readonly<Partial<Record<Work, (place: Workplace) => Promise<void>>>>;

/**
 * Does what the token of a request asks for. Anybody else gets nothing done. Who called has an answer already; a fault is
 * thrown, so that the platform tries again.
 */
export function workWith(doing: Doing): (request: Request, context: NetlifyContext) => Promise<void> {
  const open = openOnce(createDeps);
  return async (request, context) => doWork(await open(context), request, doing);
}

export async function doWork(place: Workplace, request: Request, doing: Doing): Promise<void> {
  const { deps, held } = place;
  const { origin } = (await deps.site.parts()).head;
  const keys = held();
  const work = keys && (await readWorkToken(keys, request.headers.get('authorization'), { origin, now: deps.clock() }));
  const asked = work && doing[work];
  if (asked) await asked(place);
  else deps.log({ event: 'work.refused', level: 'warn', reason: keys ? 'token' : 'keys-missing' });
}

/** What goes on by itself, every few minutes. */
export function sweepWith(
  sweep: (place: Workplace) => Promise<void>,
): (_: Request, context: NetlifyContext) => Promise<void> {
  const open = openOnce(createDeps);
  return async (_, context) => sweep(await open(context));
}

/** Publishes the deploy that an event tells of. The event comes for previews too, and for deploys that are not live. */
export function publishWith(publish: (place: Workplace) => Promise<void>): DeploySucceededHandler {
  const open = openOnce(createDeps);
  return async ({ deploy, site }) => publish(await open({ deploy, site }));
}

/** Hears from a builder that something went live. */
export function hearWebhooks(): (request: Request, context: NetlifyContext) => Promise<Response> {
  const opening = openOnce(createDeps);
  return (request, context) => {
    const open = () => opening(context);
    const secret = process.env.POSTERN_WEBHOOK_SECRET?.trim() || undefined;
    const publish = async () => start(await open(), 'publish');
    const route = ({ log }: Workplace['deps'], asked: Request) => webhook({ secret, log, publish }, asked);
    return answerOnNetlify(open, { request, context }, route, { federatesOnly: true });
  };
}
