import type { HoldCode } from '../federation/plan.ts';
import { PosternError } from '../server/errors.ts';

/** The holds that an owner may release. */
export const RELEASABLE: readonly HoldCode[] = [
  'older-build',
  'rename-without-id',
  'many-creates',
  'many-updates',
  'many-deletes',
];

/** Reads `--confirm many-deletes,older-build`; a name that is none is an error, not a release of nothing. */
export function readConfirmed(value: string | undefined): ReadonlySet<HoldCode> {
  const confirmed = new Set<HoldCode>();
  for (const name of value
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean) ?? []) {
    const code = RELEASABLE.find((known) => known === name);
    if (!code) {
      throw new PosternError('unknown-hold', `"${name}" is not a hold that can be released.`, {
        hint: `These are: ${RELEASABLE.join(', ')}. npm run plan shows which apply.`,
        facts: { name },
      });
    }
    confirmed.add(code);
  }
  return confirmed;
}
