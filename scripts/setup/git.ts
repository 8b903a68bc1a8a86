import { execFile } from 'node:child_process';
import { dirname } from 'node:path';

/** Gives what git prints, or undefined when it fails or is not there. */
export type Git = (...args: string[]) => Promise<string | undefined>;

/** Runs git in a folder. It may ask for nothing, and none of its hooks or pagers run for what is read here. */
export function gitIn(folder: string): Git {
  return (...args) =>
    new Promise((resolve) => {
      const environment = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
      execFile('git', args, { cwd: folder, env: environment, timeout: 10_000 }, (error, stdout) => {
        resolve(error ? undefined : stdout.trim());
      });
    });
}

/** What git knows of a blog. */
export interface GitFacts {
  readonly repository: boolean;
  /** Of the files that were asked for, those that are not in the last commit as they are. */
  readonly uncommitted: readonly string[];
  /** Where the branch is pushed: the address is without whatever signs in there. */
  readonly remote?: { readonly name: string; readonly address: string };
  /** Commits that the remote's branch has not; undefined where it is not known. */
  readonly unpushed?: number;
}

/** Asks git about a folder and files in it. Nothing is fetched: what the remote has is what git last saw. */
export async function readGit(contentFolder: string, files: readonly string[]): Promise<GitFacts> {
  const git = gitIn(contentFolder);
  if ((await git('rev-parse', '--is-inside-work-tree')) !== 'true') return { repository: false, uncommitted: files };
  const uncommitted: string[] = [];
  for (const file of files) if (!(await isCommitted(file))) uncommitted.push(file);
  const branch = await git('symbolic-ref', '--short', 'HEAD');
  const configured = branch && (await git('config', `branch.${branch}.remote`));
  const all = [configured, ...((await git('remote')) ?? '').split('\n')];
  // So a clone's first remote is called that shall only be pulled from.
  const name = all.find((remote) => remote && remote !== 'upstream');
  const url = name && (await git('remote', 'get-url', name));
  const ahead = url && branch && (await git('rev-list', '--count', `refs/remotes/${name}/${branch}..HEAD`));
  return {
    repository: true,
    uncommitted,
    ...(name && url ? { remote: { name, address: withoutSignIn(url) } } : {}),
    ...(ahead ? { unpushed: Number(ahead) } : {}),
  };
}

/** True when the last commit has the file as it is on disk. */
export async function isCommitted(file: string): Promise<boolean> {
  const git = gitIn(dirname(file));
  const name = file.slice(dirname(file).length + 1);
  if ((await git('cat-file', '-e', `HEAD:./${name}`)) === undefined) return false;
  return (await git('diff', '--quiet', 'HEAD', '--', name)) !== undefined;
}

/** A remote's address may hold a token. */
function withoutSignIn(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^@/]*@/i, '$1');
}
