/**
 * The frame of each sender: it takes rounds of work over IPC and tells what they cost. The clock runs until the last of
 * its connections is closed, so that nobody gains by leaving sockets behind. With a round as its second argument it
 * works that off and ends: a cold process.
 */
import dns from 'node:dns';
import { addressOf, type Cost, type Setup, SUFFIX, type Work } from './setup.ts';

/** Works one round off; gives how many of the requests were answered with 2xx. `stopClock`: what follows is not counted. */
export type Sender = (work: Work, stopClock: () => void) => Promise<number>;

export type ToSide = { readonly do: 'work'; readonly work: Work } | { readonly do: 'settle' };
export type FromSide =
  | { readonly did: 'ready' }
  | { readonly did: 'work'; readonly delivered: number; readonly wall: number }
  | { readonly did: 'settle'; readonly cost: Cost };

/** The names of the peers exist nowhere: every sender resolves them in this process, at the same cost. */
export function resolveInProcess(): void {
  const known = dns.lookup;
  const lookup = (name: string, options: unknown, callback: unknown): void => {
    const done = typeof options === 'function' ? options : callback;
    if (typeof done !== 'function') throw new TypeError('lookup needs a callback');
    if (!name.endsWith(SUFFIX)) throw new Error(`${name} is not part of this benchmark`);
    const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
    const address = addressOf(name);
    process.nextTick(() => (all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)));
  };
  Object.assign(dns, { lookup: Object.assign(lookup, { __promisify__: known.__promisify__ }) });
}

export async function runSide(make: (setup: Setup) => Promise<Sender>): Promise<void> {
  resolveInProcess();
  const setup: Setup = JSON.parse(process.argv[2] ?? '');
  const cold = process.argv[3];
  const send = await make(setup);
  let before = process.cpuUsage();
  let wall = 0;
  let stopped: Cost | undefined;
  const tell = (message: FromSide): unknown => process.send?.(message);
  const work = async (round: Work): Promise<number> => {
    const began = performance.now();
    const sinceBegan = (): number => (performance.now() - began) / 1000;
    stopped = undefined;
    const delivered = await send(round, () => {
      stopped = costSince(before, sinceBegan());
    });
    wall = sinceBegan();
    return delivered;
  };
  if (cold !== undefined) {
    tell({ did: 'work', delivered: await work(JSON.parse(cold)), wall });
    before = { user: 0, system: 0 };
    process.send?.({ did: 'settle', cost: costSince(before, performance.now() / 1000) }, () => process.exit(0));
    return;
  }
  process.on('message', async (message: ToSide) => {
    if (message.do === 'settle') return tell({ did: 'settle', cost: stopped ?? costSince(before, wall) });
    before = process.cpuUsage();
    return tell({ did: 'work', delivered: await work(message.work), wall });
  });
  tell({ did: 'ready' });
}

function costSince(before: NodeJS.CpuUsage, wall: number): Cost {
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  return { cpu: (user + system) / 1e6, wall, memory: process.memoryUsage.rss() / 2 ** 20, peak };
}
