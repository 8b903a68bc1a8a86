import { randomBytes } from 'node:crypto';
import pc from 'picocolors';
import { withStore } from './blog.ts';
import { command, printJson, run } from './command.ts';
import { ownOrigin } from './own-origin.ts';

interface NotificationsOptions {
  readonly renew?: true;
  readonly json?: true;
}

/** 256 bits: nobody guesses it, and whoever has it reads the feed. */
const SECRET_BYTES = 32;

async function notifications({ renew, json }: NotificationsOptions): Promise<void> {
  await withStore(async (store, settings) => {
    const secret = await store.notifications.secret(() => randomBytes(SECRET_BYTES).toString('hex'), {
      renew: renew === true,
    });
    const known = (await store.ledger.head())?.actor.id;
    const origin = known === undefined ? ownOrigin(settings) : new URL(known).origin;
    const address = `${origin}/ap/notifications/${secret}`;
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
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run notifications
  npm run notifications -- --renew

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(notifications);

await run(program);
