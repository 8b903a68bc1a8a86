import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The commit that a build was made from. */
export interface BuildSource {
  readonly commit: string;
  /** Committer time, RFC 3339 UTC. */
  readonly committedAt: string;
}

/** Asks git which commit the content folder stands at; undefined where there is no git or no commit. */
export async function readSource(contentFolder: string): Promise<BuildSource | undefined> {
  const log = await promisify(execFile)('git', ['log', '-1', '--format=%H %ct', '--', '.'], {
    cwd: contentFolder,
  }).catch(() => undefined);
  const match = /^([0-9a-f]{40,64}) (\d+)\s*$/.exec(log?.stdout ?? '');
  if (!match?.[1]) return undefined;
  return { commit: match[1], committedAt: new Date(Number(match[2]) * 1000).toISOString().replace('.000Z', 'Z') };
}
