import { readProfileHead } from '../build/profile.ts';
import type { Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';

/** The origin of this blog without building it: the environment's, else the profile's, else the local one. */
export function ownOrigin({ origin, contentFolder }: Settings): string {
  if (origin.override !== undefined) return origin.override;
  const { fields, faults } = readProfileHead(contentFolder, origin);
  const fault = fields === undefined ? faults[0] : faults.find(({ message }) => message.startsWith('origin'));
  if (fault) {
    throw new PosternError('profile-unreadable', `${contentFolder}/${fault.file}:${fault.line} ${fault.message}`, {
      hint: 'Correct that line, or say which blog it is with POSTERN_ORIGIN.',
      facts: { contentFolder },
    });
  }
  return fields?.origin ?? origin.fallback;
}

/** Refuses what belongs to another blog: its ids would never fit (invariant 4). */
export function assertSameOrigin(file: string, origin: string, settings: Settings): void {
  const own = ownOrigin(settings);
  if (origin === own) return;
  throw new PosternError('other-origin', `${file} is of ${origin}, and this blog is ${own}.`, {
    hint: `Set \`origin: ${origin}\` in content/profile.md, or take the file of ${own}.`,
    facts: { file, origin, own },
  });
}

/** What has to be done before the blog has a ledger, for who looks for one too early. */
export function howItBegins({ origin, contentFolder, allowPrivateAddresses }: Settings): string {
  const begins = 'federation begins with the first npm start or npm run publish';
  const isSet = origin.override !== undefined || readProfileHead(contentFolder, origin).fields?.origin !== undefined;
  return isSet || allowPrivateAddresses ? begins : `set \`origin\` in content/profile.md first; then ${begins}`;
}
