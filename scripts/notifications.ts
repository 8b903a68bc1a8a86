import pc from 'picocolors';
import { command, printJson, run } from './command.ts';
import { AT_OPTION, withOwner } from './owner-access.ts';

interface NotificationsOptions {
  readonly at?: string;
  readonly renew?: true;
  readonly json?: true;
}

async function notifications({ at, renew, json }: NotificationsOptions): Promise<void> {
  await withOwner(at, async ({ owner, origin }) => {
    const address = `${origin}/ap/notifications/${await owner.feedSecret(renew === true)}`;
    if (json) {
      printJson({ address, renewed: renew === true });
      return;
    }
    console.log(address);
    if (renew) console.log(pc.dim('      the former address shows nothing any more'));
    console.log(pc.dim('next  add it to your feed reader, and keep it to yourself: whoever has it reads along'));
  });
}

const program = command('notifications', 'Print the address of your private feed: follows, replies, likes, reports.')
  .option('--renew', 'make a new secret address; the former one stops')
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run notifications
  npm run notifications -- --renew --at https://blog.example

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(notifications);

await run(program);
