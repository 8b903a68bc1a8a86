/** What hosts that are dead cost those that live, and what several posts at once cost. */
import { median, printTable } from '../measure.ts';
import { type Measured, type Side, startSide, type World } from './processes.ts';
import type { Work } from './setup.ts';

export interface Bench {
  readonly world: World;
  readonly runs: number;
  readonly newOrigins: (count: number) => number;
}

/** How long a server takes for its answer, in milliseconds: one that is quick, and one that is usual. */
const QUICK_MS = 50;
const USUAL_MS = 200;

/** `known`: whether the dead have failed before. */
interface Kind {
  readonly what: string;
  readonly work: Pick<Work, 'scheme' | 'answerAfter'>;
  readonly known?: boolean;
}

const KINDS: readonly Kind[] = (['http', 'https'] as const).flatMap((scheme) => [
  { what: `${scheme}, at once`, work: { scheme } },
  { what: `${scheme}, after ${QUICK_MS} ms`, work: { scheme, answerAfter: QUICK_MS } },
  { what: `${scheme}, after ${USUAL_MS} ms`, work: { scheme, answerAfter: USUAL_MS } },
  {
    what: `${scheme}, after ${QUICK_MS} ms, the dead failed before`,
    work: { scheme, answerAfter: QUICK_MS },
    known: true,
  },
]);

const SENDERS = [
  { name: 'signing-floor', title: 'node:http(s), signing' },
  { name: 'postern-beside-dead', title: 'Postern' },
] as const;

/**
 * The same number of living origins, alone and with half as many dead ones beside them, in turns. The floor knows which
 * are dead and waits for none: what it loses is what the attempts cost whoever makes them.
 */
export async function measureBesideDead(bench: Bench, living: number): Promise<void> {
  const rows: string[][] = [];
  for (const { name, title } of SENDERS) {
    const side = await startSide(bench.world, name);
    for (const kind of KINDS) {
      // What failed before is nothing to a floor that remembers nothing.
      if (kind.known && name === 'signing-floor') continue;
      const pairs = await pairsOf(bench, side, kind, living);
      rows.push([kind.what, title, ...columns(pairs, 'wall'), ...columns(pairs, 'cpu')]);
    }
    side.stop();
  }
  process.stderr.write('\n');
  console.log(
    `${living} living origins, alone and with ${living / 2} dead beside them, until the last living is served`,
  );
  const figures = ['alone, wall s', 'with dead', 'ratio', 'alone, CPU s', 'with dead', 'ratio'];
  printTable(['living answer', 'sender', ...figures], rows);
}

interface Pair {
  readonly alone: Measured;
  readonly beside: Measured;
}

async function pairsOf(
  { runs, newOrigins }: Bench,
  side: Side,
  { work, known }: Kind,
  living: number,
): Promise<Pair[]> {
  const run = (dead: number): Promise<Measured> => {
    const first = newOrigins(living);
    return side.run({ ...work, first, origins: living, activities: 1, dead: { origins: dead, known: known === true } });
  };
  const pairs: Pair[] = [];
  await run(0);
  for (let i = 0; i < runs; i += 1) {
    const early = i % 2 === 0 ? await run(0) : undefined;
    const beside = await run(living / 2);
    pairs.push({ alone: early ?? (await run(0)), beside });
    process.stderr.write('.');
  }
  return pairs;
}

function columns(pairs: readonly Pair[], of: 'wall' | 'cpu'): string[] {
  return [
    median(pairs.map(({ alone }) => alone[of])),
    median(pairs.map(({ beside }) => beside[of])),
    median(pairs.map(({ alone, beside }) => beside[of] / alone[of])),
  ].map((figure) => figure.toFixed(2));
}

/** Several posts at once to many more origins than connections are kept. */
export async function measureSeveral({ world, runs, newOrigins }: Bench): Promise<void> {
  const rows: string[][] = [];
  for (const origins of [50, 300]) {
    const side = await startSide(world, 'postern');
    const run = (): Promise<Measured> =>
      side.run({ scheme: 'https', first: newOrigins(origins), origins, activities: 10, answerAfter: QUICK_MS });
    const measured: Measured[] = [];
    for (let i = 0; i < runs; i += 1) measured.push(await run());
    const figure = (of: keyof Measured): number => median(measured.map((cost) => cost[of]));
    rows.push([
      `10 posts to ${origins} https origins`,
      figure('connections').toLocaleString('en'),
      figure('cpu').toFixed(2),
      figure('wall').toFixed(2),
      figure('peak').toFixed(0),
    ]);
    side.stop();
  }
  printTable(['work', 'connections', 'CPU s', 'wall s', 'peak MiB'], rows);
}
