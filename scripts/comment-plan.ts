import pc from 'picocolors';
import { readSettings, type Settings } from '../build/settings.ts';
import { readVersion } from '../build/version.ts';
import { createAgents } from '../server/http/agents.ts';
import { userAgent } from '../server/http/user-agent.ts';
import { command, printError, run } from './command.ts';
import { createHost } from './comment-plan-host.ts';
import { type Posted, postComment } from './comment-plan-post.ts';
import { readTarget } from './comment-plan-target.ts';
import { asProse, markdownPlan } from './markdown-plan.ts';
import { ownOrigin } from './own-origin.ts';
import { isOtherSide, planAgainst } from './plan-against.ts';
import { printable } from './printable.ts';

interface CommentOptions {
  readonly site?: string;
}

/** A preview is there to be looked at: whatever goes wrong here is told, and fails nothing. */
async function commentPlan({ site }: CommentOptions): Promise<void> {
  try {
    const settings = readSettings(process.env, process.cwd());
    const text = await planText(settings, site);
    // What keeps a site from making mentions and links of it would be copied along from here.
    process.stdout.write(text.replaceAll('\u2060', ''));
    await post(settings, text);
  } catch (error) {
    printError(error);
    console.error(pc.dim('      there is no plan of this preview; the preview itself goes on'));
  }
}

/** What a publish of this build would send, or why that cannot be said now: an older plan must not stay as if it held. */
async function planText(settings: Settings, site: string | undefined): Promise<string> {
  try {
    return markdownPlan(await planAgainst(settings, { against: 'live', ...(site === undefined ? {} : { site }) }, []));
  } catch (error) {
    if (!isOtherSide(error)) throw error;
    return `No plan: ${asProse(error.message)}\n${asProse(error.hint)}\n`;
  }
}

async function post(settings: Settings, text: string): Promise<void> {
  const read = readTarget(process.env);
  if (read.kind === 'none') return;
  if (read.kind === 'unusable') return tell(`${pc.yellow('note ')} The plan is no comment: ${read.reason}.`);
  const { target } = read;
  const origin = ownOrigin(settings);
  const allowPrivate = settings.allowPrivateAddresses;
  const agents = createAgents({ allowPrivate });
  const ask = createHost({
    agents,
    allowPrivate,
    userAgent: userAgent(readVersion(), origin),
    headers: target.headers,
  });
  try {
    // Two blogs of one repository have a comment each.
    const marker = `<!-- postern-plan ${origin} -->`;
    tellPosted(await postComment(ask, target, marker, `${text}${commitLine()}`), target.name);
  } finally {
    agents.close();
  }
}

function commitLine(): string {
  const commit = process.env.COMMIT_REF?.trim() ?? '';
  const of = /^[0-9a-f]{7,64}$/.test(commit) ? `This is the plan of ${commit.slice(0, 12)}. ` : '';
  return `\n<sub>${of}Nothing is sent before it is live.</sub>\n`;
}

const TOLD = { created: 'was posted as a comment of', updated: 'was updated below', unchanged: 'stands already below' };

function tellPosted(posted: Posted, name: string): void {
  if (posted.kind !== 'failed') tell(`${pc.green('plan ')} It ${TOLD[posted.kind]} ${name}.`);
  else tell(`${pc.yellow('note ')} The plan could not be posted to ${name}: ${printable(posted.reason)}.`);
}

/** On standard error: the plan alone is the output. */
function tell(line: string): void {
  console.error(line);
}

const program = command('comment-plan', 'Print what a publish would send, and post it below the pull request.')
  .option('-s, --site <folder>', 'plan a site that was built already')
  .addHelpText(
    'after',
    `
For deploy previews: the plan against the live blog is printed as Markdown. With
a token in POSTERN_GITHUB_TOKEN or POSTERN_GITLAB_TOKEN it is also a comment of
the pull or merge request that REPOSITORY_URL and REVIEW_ID name, one that is
updated at each push. It never fails: what goes wrong is told.
`,
  )
  .action(commentPlan);

await run(program);
