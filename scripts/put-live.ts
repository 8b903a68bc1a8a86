import { existsSync, renameSync, rmSync } from 'node:fs';

/**
 * Puts a finished site where readers meet it, in one step: a half-built site would answer 404 for live objects, and
 * Mastodon deletes its copy of such.
 */
export function putLive(built: string, folder: string): void {
  const old = `${folder}.old-${process.pid}`;
  try {
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(built, folder);
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}
