import type { DeploySucceededHandler } from '@netlify/functions';
import { webhook } from '../routes/webhook.ts';
import { start, type Workplace } from '../start-work.ts';
import { sweepOften, workOnDeliveries, workOnPublish, workOnReconcile } from '../work.ts';
import { readWorkToken, type Work } from '../work-token.ts';
import { answerOnNetlify, type NetlifyContext, netlifyBlog } from './netlify.ts';

/** Who called has its answer already; a fault is thrown, so that the platform tries again. */
type BackgroundFunction = (request: Request, context: NetlifyContext) => Promise<void>;

const DOING: Readonly<Record<Work, (place: Workplace) => Promise<void>>> = {
  publish: workOnPublish,
  reconcile: workOnReconcile,
  deliver: workOnDeliveries,
};

/** Does what the token of a request asks for, if that is among `allowed`. Anybody else gets nothing done. */
export function workWith(...allowed: readonly Work[]): BackgroundFunction {
  return async (request, context) => {
    const place = await netlifyBlog(context);
    await doWork(place, request, allowed);
  };
}

export async function doWork(place: Workplace, request: Request, allowed: readonly Work[]): Promise<void> {
  const { deps, held } = place;
  const { origin } = (await deps.site.parts()).head;
  const keys = held();
  const work = keys && (await readWorkToken(keys, request.headers.get('authorization'), { origin, now: deps.clock() }));
  if (work === undefined || !allowed.includes(work)) {
    return deps.log({ event: 'work.refused', level: 'warn', reason: keys ? 'token' : 'keys-missing' });
  }
  await DOING[work](place);
}

/** What goes on by itself, every few minutes. */
export async function sweepNow(_: Request, context: NetlifyContext): Promise<void> {
  await sweepOften(await netlifyBlog(context));
}

/** Publishes the deploy that an event tells of. The event comes for previews too, and for deploys that are not live. */
export const publishDeployed: DeploySucceededHandler = async ({ deploy, site }) => {
  await workOnPublish(await netlifyBlog({ deploy, site }));
};

/** Hears from a builder that something went live. */
export async function hearWebhook(request: Request, context: NetlifyContext): Promise<Response> {
  const open = () => netlifyBlog(context);
  const secret = process.env.POSTERN_WEBHOOK_SECRET?.trim() || undefined;
  return answerOnNetlify(
    open,
    { request, context },
    ({ log }, asked) => webhook({ secret, log, publish: async () => start(await open(), 'publish') }, asked),
    { federatesOnly: true },
  );
}
