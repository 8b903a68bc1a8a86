import { openOwnerAccount } from '../owner-account.ts';
import { MOST_ITEMS, runOwnerCommand } from '../owner-commands.ts';
import { openOwnerSending } from '../owner-sending.ts';
import { SENDING_COMMANDS, type SendingDesk } from '../owner-sending-commands.ts';
import { publishAsked } from '../publish-asked.ts';
import { answerOwner, type OwnerDeps } from './owner-request.ts';

/**
 * The owner's commands about what the blog sends: see `answerOwner`. They have an address of their own because a function of
 * its own answers them, where each is loaded for a request: planning a publish is more code than all the other commands.
 */
export function ownerSending(deps: OwnerDeps, request: Request): Promise<Response> {
  const desk: SendingDesk = {
    ...openOwnerAccount(deps),
    ...openOwnerSending(deps),
    publish: (asked) => publishAsked(deps, asked, MOST_ITEMS),
  };
  return answerOwner(deps, request, (asked) => runOwnerCommand(SENDING_COMMANDS, desk, asked));
}
