import type { DeploySucceededHandler } from '@netlify/functions';
import { webhook } from '../routes/webhook.ts';
import { type StartingDeps, start, type Workplace } from '../start-work.ts';
import { createWorkDeps } from '../work-deps.ts';
import { readWorkToken, type Work } from '../work-token.ts';
import { answerOnNetlify, logLine, type NetlifyBlog, type NetlifyContext, openOnce } from './netlify.ts';

/** What a function does in the background, by what its token asks for. */
export type Doing<D extends StartingDeps = StartingDeps> = Readonly<
  Partial<Record<Work, (place: Workplace<D>) => Promise<void>>>
>;

export type BackgroundFunction = (request: Request, context: NetlifyContext) => Promise<void>;

/**
 * Does what the token of a request asks for. Anybody else gets nothing done. Who called has an answer already; a fault of the
 * work is thrown, so that the platform tries again.
 */
export function workWith(doing: Doing): BackgroundFunction {
  return workIn(openOnce(createWorkDeps), doing);
}

/** The same, with what `open` gives. */
export function workIn<D extends StartingDeps>(
  open: (context: NetlifyContext) => Promise<NetlifyBlog<D>>,
  doing: Doing<D>,
): BackgroundFunction {
  return async (request, context) => {
    // Until a token was read, this may be anybody's request, which shall not be repeated for hours.
    const place = await open(unasked(context)).catch((fault: unknown) => logUnread(logLine, fault));
    if (place) await doWork(place, request, doing);
  };
}

export async function doWork<D extends StartingDeps>(
  place: Workplace<D>,
  request: Request,
  doing: Doing<D>,
): Promise<void> {
  const { log } = place.deps;
  const read = await readWork(place, request).catch((fault: unknown) => logUnread(log, fault));
  if (read === undefined) return;
  const asked = read.work && doing[read.work];
  if (asked) await asked(place);
  else log({ event: 'work.refused', level: 'warn', reason: read.reason });
}

async function readWork(
  { deps, held }: Workplace<StartingDeps>,
  request: Request,
): Promise<{ readonly work?: Work | undefined; readonly reason: string }> {
  const { origin } = (await deps.site.parts()).head;
  const keys = held();
  if (!keys) return { reason: 'keys-missing' };
  const authorization = request.headers.get('authorization');
  return { work: await readWorkToken(keys, authorization, { origin, now: deps.clock() }), reason: 'token' };
}

function logUnread(log: StartingDeps['log'], fault: unknown): undefined {
  const error = fault instanceof Error ? fault.message : String(fault);
  log({ event: 'work.refused', level: 'error', reason: 'unreadable', error });
}

/** What goes on by itself, every few minutes. */
export function sweepWith(
  sweep: (place: Workplace<StartingDeps>) => Promise<void>,
): (_: Request, context: NetlifyContext) => Promise<void> {
  const open = openOnce(createWorkDeps);
  return async (_, context) => sweep(await open(unasked(context)));
}

/**
 * A schedule, and a start of our own at the public address, run the published deploy, whatever the context says: `published` is read
 * from a header that a request from outside has, and without it nothing would ever be sent. A token and the gate guard these.
 */
export function unasked({ deploy, site }: NetlifyContext): NetlifyContext {
  return { ...(deploy && { deploy: { context: deploy.context } }), ...(site && { site }) };
}

/** Publishes the deploy that an event tells of. The event comes for previews too, and for deploys that are not live. */
export function publishWith(publish: (place: Workplace<StartingDeps>) => Promise<void>): DeploySucceededHandler {
  const open = openOnce(createWorkDeps);
  return async ({ deploy, site }) => publish(await open({ deploy, site }));
}

/** Hears from a builder that something went live. */
export function hearWebhooks(): (request: Request, context: NetlifyContext) => Promise<Response> {
  const opening = openOnce(createWorkDeps);
  const startPublish = startSeldom('publish');
  return (request, context) => {
    const open = () => opening(context);
    const secret = process.env.POSTERN_WEBHOOK_SECRET?.trim() || undefined;
    const publish = async () => startPublish(await open());
    const route = ({ clock, log }: StartingDeps, asked: Request) => webhook({ secret, clock, log, publish }, asked);
    return answerOnNetlify(open, { request, context }, route, { federatesOnly: true });
  };
}

const SELDOM_MS = 10_000;

/**
 * Starts some work at most every ten seconds: who is told the same many times has one run look. False when it did not; the
 * sweep makes good what came too soon after another.
 */
export function startSeldom(work: Work): (place: Workplace<StartingDeps>) => Promise<boolean> {
  let startedAt = Number.NEGATIVE_INFINITY;
  return async (place) => {
    const now = place.deps.clock();
    if (now - startedAt < SELDOM_MS) return false;
    startedAt = now;
    await start(place, work);
    return true;
  };
}
