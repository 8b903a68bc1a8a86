/** What hosts that are dead cost those that live, and what several posts at once cost. */
import { median, printTable } from '../measure.ts';
import { type Measured, startSide, type World } from './processes.ts';
import type { Work } from './setup.ts';

export interface Bench {
  readonly world: World;
  readonly runs: number;
  readonly newOrigins: (count: number) => number;
}

/** How long a server of the fediverse takes for its answer, in milliseconds. */
const USUAL_MS = 50;

const KINDS: readonly { readonly what: string; readonly work: Pick<Work, 'scheme' | 'answerAfter'>; known: boolean }[] =
  [
    { what: 'http, at once', work: { scheme: 'http' }, known: false },
    { what: 'http, after 50 ms', work: { scheme: 'http', answerAfter: USUAL_MS }, known: false },
    { what: 'http, after 50 ms, the dead failed before', work: { scheme: 'http', answerAfter: USUAL_MS }, known: true },
    { what: 'https, at once', work: { scheme: 'https' }, known: false },
    { what: 'https, after 50 ms', work: { scheme: 'https', answerAfter: USUAL_MS }, known: false },
    {
      what: 'https, after 50 ms, the dead failed before',
      work: { scheme: 'https', answerAfter: USUAL_MS },
      known: true,
    },
  ];

/** The same number of living origins, alone and with half as many dead ones beside them, in turns. */
export async function measureBesideDead({ world, runs, newOrigins }: Bench, living: number): Promise<void> {
  const side = await startSide(world, 'postern-beside-dead');
  const rows: string[][] = [];
  for (const { what, work, known } of KINDS) {
    const run = (dead: number): Promise<Measured> => {
      const first = newOrigins(living);
      return side.run({ ...work, first, origins: living, activities: 1, dead: { origins: dead, known } });
    };
    const pairs: { alone: Measured; beside: Measured }[] = [];
    await run(0);
    for (let i = 0; i < runs; i += 1) {
      const early = i % 2 === 0 ? await run(0) : undefined;
      const beside = await run(living / 2);
      pairs.push({ alone: early ?? (await run(0)), beside });
      process.stderr.write('.');
    }
    rows.push([what, ...columns(pairs, 'wall'), ...columns(pairs, 'cpu')]);
  }
  process.stderr.write('\n');
  side.stop();
  console.log(
    `${living} living origins, alone and with ${living / 2} dead beside them, until the last living is served`,
  );
  printTable(['living answer', 'alone, wall s', 'with dead', 'ratio', 'alone, CPU s', 'with dead', 'ratio'], rows);
}

function columns(pairs: readonly { alone: Measured; beside: Measured }[], of: 'wall' | 'cpu'): string[] {
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
      side.run({ scheme: 'https', first: newOrigins(origins), origins, activities: 10, answerAfter: USUAL_MS });
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
