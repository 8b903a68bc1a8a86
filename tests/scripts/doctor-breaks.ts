import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exitCodeOf } from '../../scripts/doctor/report.ts';
import { type Asked, type Break, type DoctorWorld, type Passing, startDoctorWorld } from './doctor-world.ts';

export const reportSchema = z.object({
  origin: z.string(),
  healthy: z.boolean(),
  counts: z.object({ ok: z.number(), warning: z.number(), broken: z.number(), skipped: z.number() }),
  halves: z.object({ read: z.string(), heard: z.string(), sent: z.string() }),
  groups: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      findings: z.array(
        z.object({ check: z.string(), mark: z.string(), saw: z.string(), next: z.string().optional() }),
      ),
    }),
  ),
  todo: z.array(z.object({ mark: z.string(), next: z.string(), saw: z.string(), checks: z.array(z.string()) })),
});
export type Report = z.infer<typeof reportSchema>;

export const findings = ({ groups }: Report) => groups.flatMap((group) => group.findings);
export const wrong = (report: Report) => findings(report).filter(({ mark }) => mark === 'broken' || mark === 'warning');
export const checksOf = (report: Report, mark: string) => [
  ...new Set(findings(report).flatMap((finding) => (finding.mark === mark ? [finding.check] : []))),
];

export const isDocument = ({ path }: Asked) => /^\/ap\/(actor|posts\/|notes\/|outbox|featured)/.test(path);
export const isPage = ({ path, method }: Asked) =>
  method === 'GET' && (path === '/' || /^\/(posts|notes)\/[^/]+\/$/.test(path));
export const isActor = ({ path }: Asked) => path === '/ap/actor.json';
export const typed = (answer: Passing, type: string): Passing => ({
  ...answer,
  headers: { ...answer.headers, 'content-type': type },
});
export const without = (answer: Passing, name: string): Passing => ({
  ...answer,
  headers: Object.fromEntries(Object.entries(answer.headers).filter(([each]) => each !== name)),
});
export const page = (status: number): Passing => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Page</title>',
});
export const to = (location: string, status = 301): Passing => ({ status, headers: { location }, body: '' });
export const otherPem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
  type: 'spki',
  format: 'pem',
});
export const withActor =
  (change: (actor: Record<string, unknown>) => object): Break =>
  (asked, answer) =>
    isActor(asked)
      ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...change(JSON.parse(answer.body)) }) }
      : undefined;

/** Answers each address as it was first asked for, whatever else is asked later. */
export function keepOneAnswer(of: (asked: Asked) => boolean): Break {
  const kept = new Map<string, Passing>();
  return (asked, answer) => {
    if (!of(asked)) return undefined;
    const [path = ''] = asked.path.split('?');
    const first = kept.get(path) ?? answer;
    kept.set(path, first);
    return first;
  };
}

/** As a cache that fills on the first look at an address. */
export function afterFirst(of: (asked: Asked) => boolean, then: (answer: Passing) => Passing, times: number): Break {
  const asked = new Map<string, number>();
  return (each, answer) => {
    if (!of(each)) return undefined;
    const n = (asked.get(each.path) ?? 0) + 1;
    asked.set(each.path, n);
    return n > times ? then(answer) : undefined;
  };
}

export interface Case {
  readonly name: string;
  readonly how: () => Break;
  /** The check that must name it. */
  readonly check: string;
  /** What it must have seen and advise. */
  readonly saw: RegExp;
  readonly next: RegExp;
  readonly mark?: 'warning';
  /** What else is broken by it. */
  readonly also?: readonly string[];
}

/** One world for the tests of a file, well again before each. */
export function useDoctorWorld(): () => DoctorWorld {
  let world: DoctorWorld;
  beforeAll(async () => {
    world = await startDoctorWorld();
  });
  beforeEach(() => world.forget());
  afterEach(() => {
    world.break(undefined);
    world.change(undefined);
  });
  afterAll(() => world.close());
  return () => world;
}

/** Breaks one thing after the other: each must be named by its own check, and by others only where it follows. */
export function tryEach(cases: readonly Case[]): void {
  const world = useDoctorWorld();
  describe('a blog with one thing broken', () => {
    test.each(cases)('$name → $check', async ({ how, check, saw, next, mark = 'broken', also = [] }) => {
      world().break(how());
      const report = reportSchema.parse(JSON.parse(JSON.stringify(await world().report())));
      const found = findings(report).find(
        (finding) => finding.check === check && finding.mark === mark && saw.test(finding.saw),
      );
      expect(found, JSON.stringify(wrong(report), null, 2)).toBeDefined();
      expect(found?.next).toMatch(next);
      expect(exitCodeOf(report, { strict: true })).toBe(mark === 'broken' ? 1 : 3);
      expect(report.healthy).toBe(mark !== 'broken');
      const expected = new Set(mark === 'broken' ? [check, ...also] : also);
      expect(new Set(checksOf(report, 'broken'))).toEqual(expected);
      expect(report.todo.flatMap(({ checks }) => checks)).toContain(check);
    });
  });
}
