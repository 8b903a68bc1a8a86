import pc from 'picocolors';
import type { FollowDecided, FollowDecision } from '../server/moderate-followers.ts';
import { MOST_ITEMS } from '../server/owner-commands.ts';
import { count, EXIT, printJson } from './command.ts';
import { tellSender, withOwner } from './owner-access.ts';
import { printable } from './printable.ts';
import { shownTime } from './times.ts';

export interface RequestOptions {
  readonly at?: string;
  readonly json?: true;
}

export async function listRequests(options: RequestOptions): Promise<void> {
  await withOwner(options.at, async ({ owner }) => {
    const requests = await owner.followRequests(MOST_ITEMS);
    if (options.json) {
      printJson({ requests });
      return;
    }
    const now = Date.now();
    const widest = Math.max(0, ...requests.map(({ handle, actor }) => (handle ?? actor).length));
    for (const { handle, actor, since } of requests) {
      const name = printable(handle ?? actor).padEnd(widest);
      const more = `since ${shownTime(Date.parse(since), now)}  ${handle === undefined ? '' : printable(actor)}`;
      console.log(`${name}  ${pc.dim(more)}`.trimEnd());
    }
    const left = requests.length === MOST_ITEMS ? ', and maybe more' : '';
    console.log(`${count(requests.length, 'request')} to follow${left}`);
    if (requests.length > 0) console.log(pc.dim('next  npm run followers -- approve <handle>, or reject'));
  });
}

const DONE: Readonly<Record<FollowDecision, string>> = { approve: 'approved', reject: 'rejected', remove: 'removed' };

export async function decideFollows(
  decision: FollowDecision,
  names: readonly string[],
  options: RequestOptions,
): Promise<void> {
  await withOwner(options.at, async (context) => {
    const decided = await context.owner.moderateFollows(decision, names);
    if (decided.some(({ result }) => result === 'unknown')) process.exitCode = EXIT.failed;
    if (options.json) {
      printJson({ decided });
      return;
    }
    for (const each of decided) console.log(decidedText(decision, each));
    if (decided.some(({ result }) => result === 'changed')) await tellSender(context);
  });
}

function decidedText(decision: FollowDecision, { actor, handle, result }: FollowDecided): string {
  const name = printable(handle ?? actor);
  switch (result) {
    case 'changed':
      return `${pc.green(DONE[decision])} ${name}`;
    case 'unchanged':
      return `${pc.dim('as it was')} ${name} follows already`;
    case 'unknown': {
      const what = decision === 'remove' ? 'does not follow the blog' : 'does not ask to follow';
      const where = decision === 'remove' ? 'npm run followers' : 'npm run followers -- requests';
      return `${pc.red('unknown')} ${name} ${what}: ${where} lists who does`;
    }
    default:
      return result satisfies never;
  }
}
