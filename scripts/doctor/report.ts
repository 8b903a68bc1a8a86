import type { Finding, Group, Half, Mark } from './finding.ts';

/** How a half of the blog does, by the worst of what was found about it. */
export type HalfState = 'working' | 'warning' | 'broken' | 'unknown';

/** One thing to do, and what it mends. */
export interface Step {
  readonly mark: Mark;
  readonly next: string;
  /** Of the first finding that it mends. */
  readonly saw: string;
  /** All of those, by the names of their checks. */
  readonly checks: readonly string[];
}

/** Everything that was found, summed up. */
export interface Report {
  readonly origin: string;
  readonly healthy: boolean;
  readonly counts: Readonly<Record<Mark, number>>;
  readonly halves: Readonly<Record<Half, HalfState>>;
  readonly groups: readonly Group[];
  /** What to do, in this order: what is broken first, and of that what others build on. */
  readonly todo: readonly Step[];
}

export function reportOf(origin: string, groups: readonly Group[]): Report {
  const findings = groups.flatMap((group) => group.findings);
  const marked = (mark: Mark): Finding[] => findings.filter((finding) => finding.mark === mark);
  const broken = marked('broken');
  return {
    origin,
    healthy: broken.length === 0,
    counts: {
      ok: marked('ok').length,
      warning: marked('warning').length,
      broken: broken.length,
      skipped: marked('skipped').length,
    },
    halves: { read: stateOf('read', groups), heard: stateOf('heard', groups), sent: stateOf('sent', groups) },
    groups,
    todo: stepsOf([...broken, ...marked('warning')]),
  };
}

/** What is mended in the same way is done once. */
function stepsOf(findings: readonly Finding[]): Step[] {
  const steps = new Map<string, Step>();
  for (const { check, mark, saw, next = '' } of findings) {
    const { checks = [], ...step } = steps.get(next) ?? { mark, next, saw };
    steps.set(next, { ...step, checks: [...checks, check] });
  }
  return [...steps.values()];
}

/** What the command ends with: 1 when something is broken; with `strict` 3 when there are warnings alone. */
export function exitCodeOf(
  { healthy, counts }: Pick<Report, 'healthy' | 'counts'>,
  { strict }: { readonly strict: boolean },
): number {
  if (!healthy) return 1;
  return strict && counts.warning > 0 ? 3 : 0;
}

function stateOf(half: Half, groups: readonly Group[]): HalfState {
  const marks = new Set(
    groups.filter(({ halves }) => halves.includes(half)).flatMap(({ findings }) => findings.map(({ mark }) => mark)),
  );
  if (marks.has('broken')) return 'broken';
  // Nobody signed anything, and nobody asked what waits: what can be seen from outside says little of sending.
  const seen = groups.filter(({ name }) => name === 'keys' || name === 'status').flatMap(({ findings }) => findings);
  if (half === 'sent' && seen.every(({ mark }) => mark === 'skipped')) return 'unknown';
  return marks.has('warning') ? 'warning' : 'working';
}
