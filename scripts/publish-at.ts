import pc from 'picocolors';
import type { Settings } from '../build/settings.ts';
import { releaseAt } from '../federation/hold-text.ts';
import type { NotFederating } from '../server/deployment.ts';
import { PosternError } from '../server/errors.ts';
import type { PublishAnswer } from '../server/publish-asked.ts';
import { EXIT, printJson } from './command.ts';
import { notReleased } from './confirm.ts';
import { spellingElsewhere } from './find-post.ts';
import { readLiveContent } from './live-content.ts';
import { openRemote } from './owner-access.ts';
import { BASELINE, type PlanView, sendTime, viewOfReport } from './plan-view.ts';
import { printPlan } from './print-plan.ts';
import { oneLine, printable } from './printable.ts';
import { openRemoteSending } from './remote-sending.ts';
import { shownTime } from './times.ts';

export interface PublishAtOptions {
  readonly names: readonly string[];
  readonly now?: true;
  readonly json?: true;
}

type Published = Extract<PublishAnswer, { kind: 'published' }>;

/**
 * Gives the owner's word for the build that is live at `at`. Which one that is is read first, as everybody sees it, and the
 * word is for that one alone.
 */
export async function publishAt(settings: Settings, at: string, options: PublishAtOptions): Promise<void> {
  const remote = await openRemote(settings, at);
  const { origin } = remote;
  const content = await readLiveContent(origin);
  const confirm = options.names.map((name) => spellingElsewhere(name, settings.contentFolder));
  const answer = await openRemoteSending(remote).publish({ content, confirm, now: options.now === true });
  if (answer.kind !== 'published') throw refusal(answer, origin);
  const view = { ...viewOfReport(answer.report, origin), sendNow: options.now === true };
  if (options.json) printAnswer(answer, origin);
  else tell(view, answer, origin);
  if (answer.report.counts.holds > 0) process.exitCode = EXIT.held;
}

function printAnswer({ report, approved, idle }: Published, origin: string): void {
  const { plan, counts, audience } = report;
  printJson({ federates: true, at: origin, approved, ...plan, counts, ...audience, idle });
}

function tell(view: PlanView, { report, approved, idle }: Published, origin: string): void {
  for (const name of idle) console.error(`${pc.dim('note ')} nothing is held for ${printable(name)}`);
  if (view.plan.baseline) {
    console.log(`${pc.green('begun')} ${BASELINE}`);
    return;
  }
  printPlan(view);
  const { creates, updates, deletes, quiet, unfinished } = report.counts;
  if (approved && creates + updates + deletes + quiet + unfinished === 0) {
    console.log(`${pc.green('published')} what is live at ${origin}; nothing is to be sent now`);
    return;
  }
  if (!approved) {
    console.log(`Nothing of it was published: the build that is live at ${origin} is held as a whole.`);
    return;
  }
  const sendsAt = sendTime(view);
  const when = sendsAt === undefined ? 'now' : `at ${shownTime(sendsAt, view.now)}`;
  console.log(`${pc.green('published')} what is live at ${origin}; it is sent from there ${when}`);
  console.log(pc.dim(`next  npm run receipts -- --at ${origin} shows what arrived`));
}

/** What to do about a gate that is closed. */
const GATE: Readonly<Record<NotFederating['why'], readonly [why: string, hint: string]>> = {
  'not-production': ['what answers there is no production deploy', 'Name the origin of the production site.'],
  'local-look': [
    'what runs there sends nothing: it is a look, or its origin is not the one that the network knows',
    'Set `origin` in content/profile.md to the address at which it runs, and start it without --watch.',
  ],
  'other-site': [
    'what answers there belongs to another site of the platform',
    "Make the blog's origin the main address of its site.",
  ],
  'keys-missing': [
    'it has no private keys',
    'Set POSTERN_PRIVATE_KEYS in the environment of the functions, for the production context, and deploy again.',
  ],
  'key-mismatch': [
    'its private keys are not those that its actor shows',
    'Set POSTERN_PRIVATE_KEYS to the content of the keys.json that belongs to content/keys.json, and deploy again.',
  ],
  'not-live': [
    'what is live is not what its functions were built with, as while a deploy is locked or was rolled back',
    'Wait until the deploy is live, or put it live; then run this again.',
  ],
  'live-unknown': ['it cannot see what is live under its own address', 'Wait a minute, and run this again.'],
};

function refusal(answer: Exclude<PublishAnswer, Published>, origin: string): PosternError {
  switch (answer.kind) {
    case 'not-released':
      return elsewhere(notReleased(answer.fault, `npm run plan -- --against ${origin}`), origin);
    case 'closed': {
      const [why, hint] = GATE[answer.why];
      const facts = { origin, why: answer.why };
      return new PosternError('not-federating', `Nothing is sent from ${origin}: ${why}.`, { hint, facts });
    }
    case 'other-build':
      return new PosternError('build-changed', `${origin} does not serve the build that was just looked at.`, {
        hint: 'Nothing was published. A deploy is under way, or a cache is in between: run this again in a minute.',
        facts: { origin, live: answer.live },
      });
    case 'failed':
      return new PosternError(answer.code, oneLine(answer.message), { hint: oneLine(answer.hint), facts: { origin } });
    default:
      return answer satisfies never;
  }
}

/** Advice that was written for the blog in this folder. */
function elsewhere({ code, message, hint, facts }: PosternError, origin: string): PosternError {
  return new PosternError(code, message, { hint: releaseAt(hint, origin), facts });
}
