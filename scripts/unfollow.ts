import { run } from './command.ts';
import { unfollowCommand } from './follow-commands.ts';

await run(unfollowCommand());
