import { readFileSync } from 'node:fs';

/** The version of this software, as package.json says it. */
export function readVersion(): string {
  const found: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string')
    return found.version;
  throw new Error('package.json has no version');
}
