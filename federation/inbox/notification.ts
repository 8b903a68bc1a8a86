import type { Notification, NotificationKind } from '../interaction.ts';
import type { Effect } from '../outcome.ts';

/**
 * Gives the effect that tells the owner that something came which is not public: who wrote it is as secret as what it says,
 * so the ids are digested. `sha256` gives hex.
 */
export function notifyOfSealed(
  kind: Extract<NotificationKind, 'message' | 'report'>,
  { id, actor, at }: { readonly id: string; readonly actor: string; readonly at: string },
  sha256: (text: string) => string,
): Effect {
  return notify(kind, sha256(id), { actor: sha256(actor), at });
}

/**
 * Gives the effect that tells the owner of something, in the private feed. `id`: of the activity or object that it is
 * about, so that what is sent twice is told once.
 */
export function notify(
  kind: NotificationKind,
  id: string,
  about: Omit<Notification, 'key' | 'kind' | 'handle'> & { readonly handle?: string | undefined },
): Effect {
  const { handle, ...rest } = about;
  return {
    type: 'notify',
    notification: { key: `${kind} ${id}`, kind, ...rest, ...(handle === undefined ? {} : { handle }) },
  };
}
