import { readSettings, type Settings } from '../../build/settings.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { PosternError } from '../../server/errors.ts';
import { ownOrigin } from '../own-origin.ts';
import { readProfile } from './profile-file.ts';
import type { OwnNames } from './server-kinds.ts';

/** The blog whose account moves. */
export interface MoveContext extends OwnNames {
  readonly settings: Settings;
  readonly profile: ReturnType<typeof readProfile>;
  readonly origin: string;
}

/** Reads the profile; throws `no-origin` for a blog that nobody else could know. */
export function openMove(settings: Settings = readSettings(process.env, process.cwd())): MoveContext {
  const profile = readProfile(settings);
  const origin = ownOrigin(settings);
  if (origin === settings.origin.fallback && !settings.allowPrivateAddresses) {
    throw new PosternError('no-origin', 'This blog has no origin yet, so it is no account that others know.', {
      hint: 'npm run setup asks for the address at which it will be; move when it is live there.',
      facts: { origin },
    });
  }
  const { actor, host } = addressesOf(origin);
  return { settings, profile, origin, actor, handle: `@${profile.username}@${host}` };
}
