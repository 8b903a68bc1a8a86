import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODEINFO_PATH } from '../../federation/nodeinfo.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { PosternError } from '../errors.ts';

/** What `netlify.toml` publishes and has put beside each function. */
const FOLDER = '_site';

/**
 * Finds the built site that the packager put beside this function. Its files lie as in the repository: `_site` next to
 * `functions/`, in the folder that the platform unpacks and names in LAMBDA_TASK_ROOT; an emulation names none.
 */
export function findSite(env: Readonly<Record<string, string | undefined>>): string {
  const roots = [env.LAMBDA_TASK_ROOT, ...above(import.meta.url), process.cwd()];
  for (const root of roots) {
    if (root !== undefined && existsSync(join(root, FOLDER, 'ap/manifest.json'))) return join(root, FOLDER);
  }
  throw new PosternError('no-build', 'The built site does not lie beside this function.', {
    hint: 'netlify.toml must name its files under included_files, and publish _site; then deploy again.',
  });
}

function above(url: string | undefined): string[] {
  const folders: string[] = [];
  for (let folder = url === undefined ? '/' : dirname(fileURLToPath(url)); folder !== dirname(folder); ) {
    folders.push(folder);
    folder = dirname(folder);
  }
  return folders;
}

/** The version of the software that made the build: every request to others names it. */
export function siteVersion(folder: string): string {
  try {
    const nodeinfo: unknown = JSON.parse(readFileSync(join(folder, NODEINFO_PATH), 'utf8'));
    const software = isJsonObject(nodeinfo) ? nodeinfo.software : undefined;
    if (isJsonObject(software) && typeof software.version === 'string') return software.version;
  } catch {
    // A build that is damaged is told by what reads more of it.
  }
  return 'unknown';
}
