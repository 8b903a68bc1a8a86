import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { NODEINFO_PATH } from '../federation/nodeinfo.ts';
import { addRedirects } from './redirects.ts';

/** What a host of files would go on answering 200 for. Objects are not among them: a function answers for each. */
const FILES = ['/ap/actor.json', '/ap/featured.json', '/ap/outbox.json', '/ap/outbox', '/.well-known/nodeinfo'];

/** Without these no function knows what it was built for: they stay beside the site, without an address. */
const HIDDEN = ['/ap/manifest.json', '/ap/manifest/*'];

/**
 * Takes out of a built site what belongs to an account that is gone, for hosts of files: a function answers 410 in its place.
 * On the Node host, where nothing of the account is asked from files, it changes nothing.
 */
export function leaveOutAccount(output: string): void {
  for (const path of [...FILES, NODEINFO_PATH]) rmSync(join(output, path), { recursive: true, force: true });
  addRedirects(
    output,
    HIDDEN.map((path) => `${path} /404.html 404!`),
  );
}
