import { addressesOf } from '../../federation/addresses.ts';
import { openOwnerAccess } from '../owner-access.ts';
import { ACCESS_COMMANDS } from '../owner-access-commands.ts';
import { runOwnerCommand } from '../owner-commands.ts';
import { answerOwner, type OwnerDeps } from './owner-request.ts';

/** The owner's commands about what others said and who follows: see `answerOwner`. */
export function owner(deps: OwnerDeps, request: Request): Promise<Response> {
  return answerOwner(deps, request, (asked, origin) =>
    runOwnerCommand(ACCESS_COMMANDS, openOwnerAccess({ ...deps, addresses: addressesOf(origin) }), asked),
  );
}
