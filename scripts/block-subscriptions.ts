import { basename, join } from 'node:path';
import pc from 'picocolors';
import type { BlockEntry } from '../build/block-list.ts';
import type { Settings } from '../build/settings.ts';
import { readVersion } from '../build/version.ts';
import { PosternError } from '../server/errors.ts';
import { createAgents } from '../server/http/agents.ts';
import { createListClient, type ListClient } from '../server/http/list-client.ts';
import { userAgent } from '../server/http/user-agent.ts';
import { readIfPresent } from '../server/private-files.ts';
import { assertList, listFile, nameOfUrl, type SavedList, savedLists, saveList } from './block-lists.ts';
import { EXIT, printError } from './command.ts';
import { readExport } from './exported-files.ts';
import { printChange } from './print-blocks.ts';
import { printable, quoted } from './printable.ts';

/**
 * Copies a file into `blocklists/`; one of the same name there is replaced when it came from a file of the same name. Gives
 * what is new in it, as the two below do.
 */
export async function importList(
  { contentFolder }: Settings,
  file: string,
  name: string | undefined,
): Promise<readonly BlockEntry[]> {
  const text = await readExport(file);
  assertList(text, file);
  // The folder that it came from is nobody's business: content/ is public.
  const source = basename(file);
  const target = listFile(name ?? source);
  const before = await unlessOther(contentFolder, target, source);
  const change = await saveList(contentFolder, { file: target, source, text }, before);
  console.log(`${pc.green('imported')} ${printable(file)} into ${target}`);
  printChange(change);
  return change.came;
}

/** Gets a list for the first time. */
export async function subscribe(
  settings: Settings,
  origin: string,
  { url, name }: { url: string; name?: string | undefined },
): Promise<readonly BlockEntry[]> {
  const address = readUrl(url, settings.allowPrivateAddresses);
  const file = listFile(name ?? nameOfUrl(address));
  const before = await unlessOther(settings.contentFolder, file, address);
  const change = await withClient(settings, origin, async (client) => {
    const text = await getList(client, address);
    return saveList(settings.contentFolder, { file, source: address, text }, before);
  });
  console.log(`${pc.green('subscribed')} to ${printable(address)} as ${file}`);
  printChange(change);
  return change.came;
}

/** Gets every subscribed list anew; undefined when there is none. One that cannot be had stays as it is. */
export async function update(settings: Settings, origin: string): Promise<readonly BlockEntry[] | undefined> {
  const lists = (await savedLists(settings.contentFolder)).filter(({ url }) => url !== undefined);
  if (lists.length === 0) {
    console.log('No list is subscribed to. npm run blocks -- subscribe <url> does.');
    return undefined;
  }
  const came: BlockEntry[] = [];
  await withClient(settings, origin, async (client) => {
    for (const saved of lists) came.push(...(await updateOne(settings, client, saved)));
  });
  return came;
}

async function updateOne(
  { contentFolder }: Settings,
  client: ListClient,
  saved: SavedList,
): Promise<readonly BlockEntry[]> {
  const { file, url = '', text: before } = saved;
  try {
    const text = await getList(client, url);
    const change = await saveList(contentFolder, { file, source: url, text }, before);
    console.log(`${pc.green('updated')} ${file}`);
    printChange(change);
    return change.came;
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    console.error(`${pc.yellow('kept')}  ${file} as it was`);
    printError(error);
    process.exitCode = EXIT.failed;
    return [];
  }
}

async function getList(client: ListClient, url: string): Promise<string> {
  const fetched = await client.get(url);
  if (fetched.kind === 'failed') {
    throw new PosternError('list-not-fetched', `${printable(url)} could not be had: ${printable(fetched.reason)}.`, {
      hint: 'Look at the address in a browser; it must lead to the file itself. Try again later, or import a copy of it.',
      facts: { url },
    });
  }
  assertList(fetched.text, url);
  return fetched.text;
}

function readUrl(text: string, allowHttp: boolean): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  const isTaken = url?.protocol === 'https:' || (allowHttp && url?.protocol === 'http:');
  if (url && isTaken && url.username === '' && url.password === '') return url.href;
  throw new PosternError('not-a-list-url', `${quoted(text)} is not the https address of a list.`, {
    hint: 'Write it whole, such as https://lists.example/blocklist.csv, without a user or password: content/ is public.',
    facts: { value: text },
  });
}

/** What lies there already, when it is of the same source. */
async function unlessOther(contentFolder: string, file: string, source: string): Promise<string | undefined> {
  const text = await readIfPresent(join(contentFolder, file));
  if (text === undefined) return undefined;
  const saved = (await savedLists(contentFolder)).find((each) => each.file === file);
  if (saved?.source === source) return text;
  throw new PosternError('list-exists', `${file} is there already, and came from ${saved?.source ?? 'elsewhere'}.`, {
    hint: 'Give this one another name with --name.',
    facts: { file },
  });
}

async function withClient<T>(settings: Settings, origin: string, use: (client: ListClient) => Promise<T>): Promise<T> {
  const allowPrivate = settings.allowPrivateAddresses;
  const agents = createAgents({ allowPrivate });
  try {
    return await use(createListClient({ agents, allowPrivate, userAgent: userAgent(readVersion(), origin) }));
  } finally {
    agents.close();
  }
}
