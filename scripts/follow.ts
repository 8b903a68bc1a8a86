import { run } from './command.ts';
import { followCommand } from './follow-commands.ts';

await run(followCommand());
