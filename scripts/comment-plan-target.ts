/** Where a comment goes, in the words of the git host's API. */
export interface CommentTarget {
  /** `pull request 12 of mara/blog`. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Who the token belongs to. */
  readonly me: string;
  readonly comments: string;
  readonly page: (number: number) => string;
  readonly comment: (id: number) => string;
  readonly updateMethod: 'PATCH' | 'PUT';
}

export type TargetRead =
  | { readonly kind: 'target'; readonly target: CommentTarget }
  /** Nobody asked for a comment. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly reason: string };

type Environment = Readonly<Record<string, string | undefined>>;

interface Repository {
  /** `https://github.com`, without whatever signs in there. */
  readonly origin: string;
  readonly host: string;
  /** `mara/blog`. */
  readonly path: string;
}

/** Comments a page; each may be as long as a plan. */
export const PAGE = 50;

/**
 * Reads where the plan of a deploy preview is to be posted: REPOSITORY_URL and REVIEW_ID, which Netlify sets, and a token.
 * POSTERN_GITHUB_TOKEN and POSTERN_GITLAB_TOKEN go to the host of the repository, whichever it is; GITHUB_TOKEN and
 * GITLAB_TOKEN, which may be there for something else, to github.com and gitlab.com alone.
 */
export function readTarget(env: Environment): TargetRead {
  const tokens = ['POSTERN_GITHUB_TOKEN', 'GITHUB_TOKEN', 'POSTERN_GITLAB_TOKEN', 'GITLAB_TOKEN'];
  if (!tokens.some((name) => env[name]?.trim())) return { kind: 'none' };
  const review = env.REVIEW_ID?.trim() ?? '';
  if (review === '') return { kind: 'none' };
  if (!/^[1-9]\d{0,14}$/.test(review)) return { kind: 'unusable', reason: 'REVIEW_ID is not a number' };
  const repository = readRepository(env.REPOSITORY_URL?.trim() ?? '');
  if (!repository) return { kind: 'unusable', reason: 'REPOSITORY_URL is not the address of a repository' };
  const token = tokenFor(repository, env);
  if (!token) return { kind: 'unusable', reason: `there is no token for ${repository.host}` };
  if (/[^\x21-\x7e]/.test(token.value)) return { kind: 'unusable', reason: 'the token has letters that no token has' };
  const make = token.kind === 'gitlab' ? gitlabTarget : githubTarget;
  return { kind: 'target', target: make(repository, review, token.value) };
}

/** Reads `https://user:token@host/path.git`, `ssh://git@host/path.git` and `git@host:path.git`. */
function readRepository(address: string): Repository | undefined {
  const [, sshHost, sshPath] = /^(?:[^@/\s]+@)([^:/\s]+):([^\s]+)$/.exec(address) ?? [];
  const url = sshHost === undefined ? address : `https://${sshHost}/${sshPath}`;
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(url);
  const path = pathname.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  if (!/^[\w.~-]+(?:\/[\w.~-]+)+$/.test(path) || path.split('/').some((part) => /^\.+$/.test(part))) return undefined;
  // The port of an ssh address is not that of the API.
  if (protocol === 'ssh:') return { origin: `https://${hostname}`, host: hostname, path };
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return { origin: `${protocol}//${host}`, host, path };
}

function tokenFor({ host }: Repository, env: Environment) {
  const find = (kind: 'github' | 'gitlab', ...names: string[]) => {
    const value = names.map((name) => env[name]?.trim()).find(Boolean);
    return value ? { kind, value } : undefined;
  };
  if (host === 'github.com') return find('github', 'POSTERN_GITHUB_TOKEN', 'GITHUB_TOKEN');
  if (host === 'gitlab.com') return find('gitlab', 'POSTERN_GITLAB_TOKEN', 'GITLAB_TOKEN');
  const [github, gitlab] = [find('github', 'POSTERN_GITHUB_TOKEN'), find('gitlab', 'POSTERN_GITLAB_TOKEN')];
  return host.includes('gitlab') ? (gitlab ?? github) : (github ?? gitlab);
}

function githubTarget({ origin, host, path }: Repository, review: string, token: string): CommentTarget {
  const [owner = '', name = ''] = path.split('/');
  const api = host === 'github.com' ? 'https://api.github.com' : `${origin}/api/v3`;
  const repository = `${api}/repos/${owner}/${name}/issues`;
  return {
    name: `pull request ${review} of ${path}`,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    },
    me: `${api}/user`,
    comments: `${repository}/${review}/comments`,
    page: (number) => `${repository}/${review}/comments?per_page=${PAGE}&page=${number}`,
    comment: (id) => `${repository}/comments/${id}`,
    updateMethod: 'PATCH',
  };
}

function gitlabTarget({ origin, path }: Repository, review: string, token: string): CommentTarget {
  const notes = `${origin}/api/v4/projects/${encodeURIComponent(path)}/merge_requests/${review}/notes`;
  return {
    name: `merge request ${review} of ${path}`,
    headers: { 'private-token': token, accept: 'application/json' },
    me: `${origin}/api/v4/user`,
    comments: notes,
    page: (number) => `${notes}?sort=asc&order_by=created_at&per_page=${PAGE}&page=${number}`,
    comment: (id) => `${notes}/${id}`,
    updateMethod: 'PUT',
  };
}
