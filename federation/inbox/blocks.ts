import type { Block, Blocks } from '../rules.ts';

/** Whom a block is asked about. */
export interface Suspect {
  /** The actor's id. */
  readonly actor: string;
  /** `@user@host`, where it is known. */
  readonly handle?: string | undefined;
}

interface CompiledBlocks {
  readonly hosts: ReadonlyMap<string, Block>;
  readonly accounts: ReadonlyMap<string, Block>;
}

const compiled = new WeakMap<Blocks, CompiledBlocks>();

/**
 * Gives the block that holds for an actor: by its id, its handle, its host or a domain above its host. `block` goes before
 * `limit`, an account before a host. Undefined when there is none.
 *
 * Hosts are compared in lower case, in ASCII and without a dot at the end, so that no other spelling of a name slips
 * through (CVE-2023-42451). Costs a few look-ups however long the lists are: they are read once for each value.
 */
export function blockOf(blocks: Blocks, suspect: Suspect): Block | undefined {
  const { hosts, accounts } = compile(blocks);
  if (hosts.size + accounts.size === 0) return undefined;
  const handle = suspect.handle === undefined ? undefined : normalHandle(suspect.handle);
  const found = [
    accounts.get(normalId(suspect.actor)),
    handle === undefined ? undefined : accounts.get(handle),
    ...domainsOf(suspect.actor).map((domain) => hosts.get(domain)),
  ].filter((block) => block !== undefined);
  return found.find(({ severity }) => severity === 'block') ?? found[0];
}

/** Says whether nothing is taken of an actor. Those who are limited are not blocked. */
export function isBlocked(blocks: Blocks, suspect: Suspect): boolean {
  return blockOf(blocks, suspect)?.severity === 'block';
}

/** Gives a host in lower case and ASCII, without port and without a dot at the end; undefined when it is none. */
export function normalHost(host: string): string | undefined {
  const url = `https://${host.trim().replace(/^\*?\./, '')}/`;
  if (!URL.canParse(url)) return undefined;
  const name = new URL(url).hostname.replace(/\.+$/, '');
  return name === '' ? undefined : name;
}

function compile(blocks: Blocks): CompiledBlocks {
  const known = compiled.get(blocks);
  if (known !== undefined) return known;
  const made = {
    hosts: byName(blocks.hosts, normalHost),
    accounts: byName(blocks.accounts, (name) => (/^https?:/i.test(name) ? normalId(name) : normalHandle(name))),
  };
  compiled.set(blocks, made);
  return made;
}

/** Of two blocks with the same name the harder one counts. */
function byName(blocks: readonly Block[], nameOf: (name: string) => string | undefined): Map<string, Block> {
  const named = new Map<string, Block>();
  for (const block of blocks) {
    const name = nameOf(block.name);
    if (name !== undefined && named.get(name)?.severity !== 'block') named.set(name, block);
  }
  return named;
}

function normalId(id: string): string {
  return URL.canParse(id) ? new URL(id).href : id;
}

function normalHandle(handle: string): string | undefined {
  const [user, host, ...rest] = handle.trim().replace(/^@/, '').split('@');
  if (user === undefined || host === undefined || user === '' || rest.length > 0) return undefined;
  const name = normalHost(host);
  return name === undefined ? undefined : `${user.toLowerCase()}@${name}`;
}

/** The actor's host and every domain above it. A name has 127 labels at the most. */
function domainsOf(actor: string): string[] {
  const host = URL.canParse(actor) ? normalHost(new URL(actor).hostname) : undefined;
  if (host === undefined) return [];
  const labels = host.split('.').slice(-127);
  return labels.map((_, index) => labels.slice(index).join('.'));
}
