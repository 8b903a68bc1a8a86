import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checksOf, isPage, page, type Report, reportSchema, useDoctorWorld, without, wrong } from './doctor-breaks.ts';

const world = useDoctorWorld();

async function look(
  environment: NodeJS.ProcessEnv = {},
  ...args: string[]
): Promise<{ code: number | null; report: Report }> {
  const { code, stdout, stderr } = await world().doctor(['--json', ...args], environment);
  expect(stderr).toBe('');
  return { code, report: reportSchema.parse(JSON.parse(stdout)) };
}

describe('a blog that is well', () => {
  test('nothing is broken, nothing warned of, exit 0, and it was looked at whole', async () => {
    const { code, report } = await look();
    expect(wrong(report)).toEqual([]);
    expect([code, report.healthy, report.todo]).toEqual([0, true, []]);
    expect(report.halves).toEqual({ read: 'working', heard: 'working', sent: 'working' });
    expect(checksOf(report, 'skipped')).toEqual(['address.resolves', 'tls.certificate']);
    expect(checksOf(report, 'ok')).toEqual(
      expect.arrayContaining([
        'inbox.unsigned',
        'inbox.signed',
        'keys.private',
        'webfinger.loop',
        'pages.alternate',
        'status.store',
      ]),
    );
  });

  test('the probe of the inbox is verified and causes nothing', async () => {
    const counted = async () => JSON.stringify(await world().sizes());
    await look();
    const before = await counted();
    world().log.length = 0;
    await look();
    const reasons = world().log.filter(({ event }) => event === 'inbox.refused' || `${event}`.startsWith('inbox'));
    expect(reasons.map(({ reason }) => reason)).toEqual(['no-signature', 'signature-wrong', 'own-actor']);
    // Each command of the owner leaves the mark of its token, and that alone.
    const marks = (text: string) => JSON.parse(text).filter(({ kind }: { kind: string }) => !/seen|ids/.test(kind));
    expect(marks(await counted())).toEqual(marks(before));
  });

  test('for people: a sign for each check, at most 80 columns, and the halves at the end', async () => {
    const { code, stdout, stderr } = await world().doctor([]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}✓ the actor: \/ap\/actor\.json → 200/m);
    expect(stdout).toMatch(/In short\n {2}Being found and read {8}✓ works\n/);
    expect(stdout).not.toContain('What to do first');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('of a blog that is not ours nothing is signed, and it says so', async () => {
    const other = mkdtempSync(join(tmpdir(), 'postern-doctor-other-'));
    try {
      const elsewhere = { POSTERN_CONTENT: other, POSTERN_DATA: other, POSTERN_ORIGIN: 'https://other.example' };
      const { code, report } = await look(elsewhere, world().origin);
      expect([code, wrong(report)]).toEqual([0, []]);
      expect(report.halves).toEqual({ read: 'working', heard: 'working', sent: 'unknown' });
      expect(checksOf(report, 'skipped')).toEqual(
        expect.arrayContaining(['keys.published', 'inbox.signed', 'status.answers']),
      );
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});

describe('what the owner’s machine and the way between add', () => {
  test('a proxy that changes the date of what it passes on → the signature is not verified', async () => {
    world().change((headers) =>
      headers.signature === undefined ? headers : { ...headers, date: new Date(0).toUTCString() },
    );
    const { code, report } = await look();
    expect([code, checksOf(report, 'broken')]).toEqual([1, ['inbox.signed']]);
    expect(report.halves).toMatchObject({ read: 'working', heard: 'broken' });
  });

  test('private keys of another blog → keys.private, and nothing is signed', async () => {
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { privateKey: ed } = generateKeyPairSync('ed25519');
    const keys = [
      { kid: 'main-key', alg: 'RS256', use: 'sig', ...rsa.export({ format: 'jwk' }) },
      { kid: 'ed25519-key', alg: 'EdDSA', use: 'sig', ...ed.export({ format: 'jwk' }) },
    ];
    const { code, report } = await look({ POSTERN_PRIVATE_KEYS: JSON.stringify({ keys }) });
    expect([code, checksOf(report, 'broken')]).toEqual([1, ['keys.private']]);
    expect(checksOf(report, 'skipped')).toContain('inbox.signed');
    expect(JSON.stringify(report)).not.toContain(String(rsa.export({ format: 'jwk' }).d));
  });

  test("an environment that is too large → keys.size, where Netlify answers and not on a machine of one's own", async () => {
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 4096 });
    const { privateKey: ed } = generateKeyPairSync('ed25519');
    const keys = [
      { kid: 'main-key', ...rsa.export({ format: 'jwk' }), note: 'x'.repeat(1_500) },
      { kid: 'ed25519-key', ...ed.export({ format: 'jwk' }) },
    ];
    const variable = { POSTERN_PRIVATE_KEYS: JSON.stringify({ keys }) };
    expect(checksOf((await look(variable)).report, 'broken')).toEqual(['keys.private']);
    world().break((_asked, answer) => ({ ...answer, headers: { ...answer.headers, 'x-nf-request-id': '01H' } }));
    expect(checksOf((await look(variable)).report, 'broken')).toEqual(['keys.private', 'keys.size']);
  });

  test('nobody listens there → one finding, the rest is not looked at, exit 1', async () => {
    const { code, report } = await look({}, 'http://127.0.0.1:9');
    expect([code, checksOf(report, 'broken')]).toEqual([1, ['reach.answers']]);
    expect(report.halves).toEqual({ read: 'broken', heard: 'broken', sent: 'broken' });
    expect(report.groups.map(({ name }) => name)).toEqual(['address', 'tls', 'reach']);
  });

  test('warnings alone → exit 0, and 3 with --strict', async () => {
    world().break((asked, answer) => (isPage(asked) ? without(answer, 'vary') : undefined));
    expect((await look({}, '--strict')).code).toBe(3);
  });

  test('for people: what is broken says what to do, first things first', async () => {
    world().break((asked) => (asked.path === '/ap/inbox' ? page(404) : undefined));
    const { code, stdout } = await world().doctor([]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ POST http.*\n(.*\n)? {4}next Deploy the functions/);
    expect(stdout).toMatch(/Hearing what others send {4}✗ broken/);
    expect(stdout).toMatch(/What to do first\n {2}1\. POST http/);
  });

  test.each([
    [['not/an/origin'], /error .*has more than scheme, host and port/],
    [['--no-such-flag'], /unknown option/],
    [['http://127.0.0.1:1'], /error .*(this machine|plain http)/],
  ])('doctor %j → exit 2 and what to write', async (args, said) => {
    const { code, stdout, stderr } = await world().doctor(args, {
      POSTERN_ALLOW_PRIVATE_ADDRESSES: '0',
      POSTERN_ORIGIN: 'https://blog.example',
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });
});
