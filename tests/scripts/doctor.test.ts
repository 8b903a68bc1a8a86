import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { exitCodeOf } from '../../scripts/doctor/report.ts';
import { type Asked, type Break, type DoctorWorld, type Passing, startDoctorWorld } from './doctor-world.ts';

const reportSchema = z.object({
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
type Report = z.infer<typeof reportSchema>;

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

async function look(
  environment: NodeJS.ProcessEnv = {},
  ...args: string[]
): Promise<{ code: number | null; report: Report }> {
  const { code, stdout, stderr } = await world.doctor(['--json', ...args], environment);
  expect(stderr).toBe('');
  return { code, report: reportSchema.parse(JSON.parse(stdout)) };
}

const findings = ({ groups }: Report) => groups.flatMap((group) => group.findings);
const wrong = (report: Report) => findings(report).filter(({ mark }) => mark === 'broken' || mark === 'warning');
const checksOf = (report: Report, mark: string) => [
  ...new Set(findings(report).flatMap((finding) => (finding.mark === mark ? [finding.check] : []))),
];

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
    const counted = async () => JSON.stringify(await world.sizes());
    await look();
    const before = await counted();
    world.log.length = 0;
    await look();
    const reasons = world.log.filter(({ event }) => event === 'inbox.refused' || `${event}`.startsWith('inbox'));
    expect(reasons.map(({ reason }) => reason)).toEqual(['no-signature', 'signature-wrong', 'own-actor']);
    // Each command of the owner leaves the mark of its token, and that alone.
    const marks = (text: string) => JSON.parse(text).filter(({ kind }: { kind: string }) => !/seen|ids/.test(kind));
    expect(marks(await counted())).toEqual(marks(before));
  });

  test('for people: a sign for each check, at most 80 columns, and the halves at the end', async () => {
    const { code, stdout, stderr } = await world.doctor([]);
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
      const { code, report } = await look(elsewhere, world.origin);
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

const isDocument = ({ path }: Asked) => /^\/ap\/(actor|posts\/|notes\/|outbox|featured)/.test(path);
const isPage = ({ path, method }: Asked) =>
  method === 'GET' && (path === '/' || /^\/(posts|notes)\/[^/]+\/$/.test(path));
const isActor = ({ path }: Asked) => path === '/ap/actor.json';
const typed = (answer: Passing, type: string): Passing => ({
  ...answer,
  headers: { ...answer.headers, 'content-type': type },
});
const without = (answer: Passing, name: string): Passing => ({
  ...answer,
  headers: Object.fromEntries(Object.entries(answer.headers).filter(([each]) => each !== name)),
});
const page = (status: number): Passing => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Page</title>',
});
const to = (location: string, status = 301): Passing => ({ status, headers: { location }, body: '' });
const otherPem = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
const withActor =
  (change: (actor: Record<string, unknown>) => object): Break =>
  (asked, answer) =>
    isActor(asked)
      ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...change(JSON.parse(answer.body)) }) }
      : undefined;

/** Answers each address as it was first asked for, whatever else is asked later. */
function keepOneAnswer(of: (asked: Asked) => boolean): Break {
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
function afterFirst(of: (asked: Asked) => boolean, then: (answer: Passing) => Passing, times: number): Break {
  const asked = new Map<string, number>();
  return (each, answer) => {
    if (!of(each)) return undefined;
    const n = (asked.get(each.path) ?? 0) + 1;
    asked.set(each.path, n);
    return n > times ? then(answer) : undefined;
  };
}

interface Case {
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

const CASES: readonly Case[] = [
  {
    name: 'the actor redirects to www',
    how: () => (asked) => (isActor(asked) ? to('https://www.blog.example/ap/actor.json') : undefined),
    check: 'documents.redirect',
    saw: /ap\/actor\.json → 301, to https:\/\/www\.blog\.example.*for all/,
    next: /answer itself instead of sending everybody to www\.blog\.example/,
  },
  {
    name: 'ids get a slash',
    how: () => (asked) => (/^\/ap\/(posts|notes)\/[^/]+\.json$/.test(asked.path) ? to(`${asked.path}/`) : undefined),
    check: 'documents.redirect',
    saw: /the newest Article: .*hello\.json → 301/,
    next: /pretty URLs/,
    also: ['functions.missing'],
  },
  {
    name: 'a page in place of the JSON',
    how: () => (asked) => (isDocument(asked) ? page(200) : undefined),
    check: 'documents.type',
    saw: /200 text\/html; charset=utf-8 \(for all\), which they do not read/,
    next: /rewrite of unknown addresses to a page/,
    also: ['functions.missing'],
  },
  {
    name: 'files are sent as application/json',
    how: () => (asked, answer) => (isDocument(asked) ? typed(answer, 'application/json') : undefined),
    check: 'documents.type',
    saw: /200 application\/json/,
    next: /Content-Type: application\/activity\+json/,
  },
  {
    name: 'a charset that only Lemmy minds',
    how: () => (asked, answer) =>
      isActor(asked) ? typed(answer, 'application/activity+json;charset=utf-8') : undefined,
    check: 'documents.type',
    saw: /\(for Lemmy\)/,
    next: /application\/activity\+json/,
  },
  {
    name: 'a cache has a page for the id from the second round on',
    how: () => afterFirst(isActor, () => page(200), 5),
    check: 'documents.type',
    saw: /for all, the second time/,
    next: /cache in between/,
    also: ['inbox.signed'],
  },
  {
    name: 'JSON that breaks off',
    how: () => (asked, answer) => (asked.path === '/ap/outbox.json' ? { ...answer, isCut: true } : undefined),
    check: 'documents.json',
    saw: /outbox.* breaks off/,
    next: /deploy again/,
  },
  {
    name: 'JSON that is truncated',
    how: () => (asked, answer) =>
      asked.path === '/ap/outbox.json' ? { ...answer, body: answer.body.slice(0, 40) } : undefined,
    check: 'documents.json',
    saw: /outbox.* is no JSON/,
    next: /deploy again/,
  },
  {
    name: 'a build of another origin is live',
    how: () => (asked, answer) =>
      asked.path.startsWith('/ap/') && asked.method === 'GET'
        ? { ...answer, body: answer.body.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://old.example') }
        : undefined,
    check: 'address.built-for',
    saw: /was built for https:\/\/old\.example/,
    next: /set `origin|Set `origin/,
    also: ['documents.id', 'actor.host', 'actor.key'],
  },
  {
    name: 'no access for readers in a browser',
    how: () => (asked, answer) => (isActor(asked) ? without(answer, 'access-control-allow-origin') : undefined),
    check: 'documents.cors',
    saw: /Access-Control-Allow-Origin/,
    next: /everything below \/ap\//,
    mark: 'warning',
  },
  {
    name: 'the inbox is on another host',
    how: () => withActor(() => ({ inbox: 'https://elsewhere.example/ap/inbox' })),
    check: 'actor.host',
    saw: /inbox of the actor is https:\/\/elsewhere\.example/,
    next: /Misskey refuses/,
  },
  {
    name: 'the key is in a list',
    how: () => withActor(({ publicKey }) => ({ publicKey: [publicKey] })),
    check: 'actor.key',
    saw: /in a list, which Lemmy/,
    next: /Build again/,
    also: ['keys.published'],
  },
  {
    name: 'the key in the actor is another',
    how: () => withActor(({ publicKey }) => ({ publicKey: { ...Object(publicKey), publicKeyPem: otherPem } })),
    check: 'keys.published',
    saw: /not the one in content\/keys\.json: other servers refuse/,
    next: /keys\.json/,
    also: ['inbox.signed'],
  },
  {
    name: 'WebFinger names another host',
    how: () => (asked, answer) =>
      asked.path.startsWith('/.well-known/webfinger')
        ? { ...answer, body: answer.body.replace(/"acct:blog@[^"]*"/, '"acct:blog@old.example"') }
        : undefined,
    check: 'webfinger.loop',
    saw: /is told that it is @blog@old\.example/,
    next: /does not lead back to itself/,
  },
  {
    name: 'WebFinger leads to another actor',
    how: () => (asked, answer) =>
      asked.path.startsWith('/.well-known/webfinger')
        ? { ...answer, body: answer.body.replaceAll('/ap/actor.json', '/ap/actor') }
        : undefined,
    check: 'webfinger.loop',
    saw: /leads to http:\/\/127\.0\.0\.1:\d+\/ap\/actor, not to/,
    next: /letter by letter/,
  },
  {
    name: 'a file answers WebFinger for everybody',
    how: () => keepOneAnswer(({ path }) => path.startsWith('/.well-known/webfinger?resource=acct:')),
    check: 'functions.webfinger',
    saw: /404 → |200 for a handle that nobody has/,
    next: /in place of the function/,
    mark: 'warning',
  },
  {
    name: 'the functions are not there',
    how: () => (asked) =>
      /^\/(\.well-known\/webfinger|ap\/(inbox|followers|following|owner|posts|notes))/.test(asked.path)
        ? page(404)
        : undefined,
    check: 'functions.followers',
    saw: /ap\/followers\?page=true → 404 text\/html/,
    next: /Deploy the functions/,
    also: ['documents.status', 'webfinger.answers', 'inbox.answers'],
  },
  {
    name: 'every unknown address is a page',
    how: () => (asked, answer) => (answer.status === 404 && asked.method === 'GET' ? page(200) : undefined),
    check: 'functions.missing',
    saw: /a post that is not there → 200 text\/html/,
    next: /rewrite/,
  },
  {
    name: 'a password in front of everything',
    how: () => () => ({ ...page(401), headers: { 'content-type': 'text/html', 'www-authenticate': 'Basic' } }),
    check: 'address.built-for',
    saw: /no Postern answers at .* → 401/,
    next: /password/,
    also: ['address.origin'],
  },
  {
    name: 'a password in front of the inbox alone',
    how: () => (asked) =>
      asked.path === '/ap/inbox' ? { ...page(401), headers: { 'www-authenticate': 'Basic realm="x"' } } : undefined,
    check: 'inbox.answers',
    saw: /inbox → 401/,
    next: /password/,
  },
  {
    name: 'the server fails at everything',
    how: () => () => page(503),
    check: 'address.built-for',
    saw: /no Postern answers at .* → 503/,
    next: /log of the host/,
    also: ['address.origin'],
  },
  {
    name: 'another site lives there',
    how: () => (asked) => page(asked.path === '/' ? 200 : 404),
    check: 'address.built-for',
    saw: /no Postern answers at .* → 404/,
    next: /complete build/,
  },
  {
    name: 'the inbox is not there',
    how: () => (asked) => (asked.path === '/ap/inbox' ? page(404) : undefined),
    check: 'inbox.answers',
    saw: /POST .*\/ap\/inbox → 404/,
    next: /Deploy the functions.*preview/,
  },
  {
    name: 'the inbox fails',
    how: () => (asked) => (asked.path === '/ap/inbox' ? page(500) : undefined),
    check: 'inbox.answers',
    saw: /→ 500/,
    next: /log of the function.*POSTERN_PRIVATE_KEYS/,
  },
  {
    name: 'a firewall keeps servers out of the inbox',
    how: () => (asked) => (asked.path === '/ap/inbox' ? page(403) : undefined),
    check: 'inbox.answers',
    saw: /→ 403/,
    next: /bot protection/,
  },
  {
    name: 'the inbox redirects',
    how: () => (asked) => (asked.path === '/ap/inbox' ? to('/ap/inbox/', 308) : undefined),
    check: 'inbox.redirect',
    saw: /→ 308, to \/ap\/inbox\//,
    next: /redirected POST is lost/,
  },
  {
    name: 'the inbox takes anything',
    how: () => (asked) => (asked.path === '/ap/inbox' ? { status: 202, headers: {}, body: '' } : undefined),
    check: 'inbox.unsigned',
    saw: /takes what nobody signed/,
    next: /Something else than the inbox/,
  },
  {
    name: 'a cache keeps the page for all who ask',
    how: () => keepOneAnswer(isPage),
    check: 'pages.cache',
    saw: /right JSON past the cache/,
    next: /Vary: Accept.*purge/,
  },
  {
    name: 'a cache gives readers the JSON once a server has asked',
    how: () => {
      const json = new Map<string, Passing>();
      return (asked, answer) => {
        if (!isPage(asked)) return undefined;
        if (!asked.accept.includes('html')) json.set(asked.path, answer);
        return json.get(asked.path);
      };
    },
    check: 'pages.cache',
    saw: /a browser that opens .* gets 200 application\/activity\+json/,
    next: /Vary: Accept.*purge/,
  },
  {
    name: 'pages do not say that they vary',
    how: () => (asked, answer) => (isPage(asked) ? without(answer, 'vary') : undefined),
    check: 'pages.vary',
    saw: /has no "Vary: Accept"/,
    next: /Send "Vary: Accept"/,
    mark: 'warning',
  },
  {
    name: 'pages do not link to their objects',
    how: () => (asked, answer) =>
      isPage(asked)
        ? { ...answer, body: answer.body.replace(/<link rel="alternate" type="application\/activity\+json"[^>]*>/, '') }
        : undefined,
    check: 'pages.alternate',
    saw: /has no link to its ActivityPub form/,
    next: /<link rel="alternate" type="application\/activity\+json" href="http/,
    mark: 'warning',
  },
  {
    name: 'the clock of the server is two hours late',
    how: () => (_asked, answer) => ({
      ...answer,
      headers: { ...answer.headers, date: new Date(Date.now() - 7_200_000).toUTCString() },
    }),
    check: 'clock.skew',
    saw: /(1|2) h behind the one of this machine/,
    next: /NTP/,
  },
  {
    name: 'NodeInfo is not there',
    how: () => (asked) => (asked.path.includes('nodeinfo') ? page(404) : undefined),
    check: 'nodeinfo.answers',
    saw: /well-known\/nodeinfo → 404/,
    next: /complete build/,
    mark: 'warning',
  },
  {
    name: 'the home page redirects to itself by way of another',
    how: () => (asked) => (asked.path === '/' ? to('/home') : asked.path === '/home' ? to('/') : undefined),
    check: 'address.origin',
    saw: /round in circles/,
    next: /answer itself/,
    also: ['pages.html'],
  },
];

describe('a blog with one thing broken', () => {
  test.each(CASES)('$name → $check', async ({ how, check, saw, next, mark = 'broken', also = [] }) => {
    world.break(how());
    const report = reportSchema.parse(JSON.parse(JSON.stringify(await world.report())));
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

describe('what the owner’s machine and the way between add', () => {
  test('a proxy that changes the date of what it passes on → the signature is not verified', async () => {
    world.change((headers) =>
      headers.signature === undefined ? headers : { ...headers, date: new Date(0).toUTCString() },
    );
    const { code, report } = await look();
    expect([code, checksOf(report, 'broken')]).toEqual([1, ['inbox.signed']]);
    expect(report.halves).toMatchObject({ read: 'working', heard: 'broken' });
  });

  test('private keys of another blog → keys.private, and nothing is signed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-doctor-keys-'));
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { privateKey: ed } = generateKeyPairSync('ed25519');
    const keys = [
      { kid: 'main-key', alg: 'RS256', use: 'sig', ...rsa.export({ format: 'jwk' }) },
      { kid: 'ed25519-key', alg: 'EdDSA', use: 'sig', ...ed.export({ format: 'jwk' }) },
    ];
    writeFileSync(join(folder, 'x'), '');
    const { code, report } = await look({ POSTERN_PRIVATE_KEYS: JSON.stringify({ keys }) });
    rmSync(folder, { recursive: true });
    expect([code, checksOf(report, 'broken')]).toEqual([1, ['keys.private']]);
    expect(checksOf(report, 'skipped')).toContain('inbox.signed');
    expect(JSON.stringify(report)).not.toContain(String(rsa.export({ format: 'jwk' }).d));
  });

  test('an environment that is too large → keys.size', async () => {
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 4096 });
    const { privateKey: ed } = generateKeyPairSync('ed25519');
    const keys = [
      { kid: 'main-key', ...rsa.export({ format: 'jwk' }), note: 'x'.repeat(1_500) },
      { kid: 'ed25519-key', ...ed.export({ format: 'jwk' }) },
    ];
    const { report } = await look({ POSTERN_PRIVATE_KEYS: JSON.stringify({ keys }) });
    expect(checksOf(report, 'broken')).toEqual(['keys.private', 'keys.size']);
  });

  test('nobody listens there → one finding, the rest is not looked at, exit 1', async () => {
    const { code, report } = await look({}, 'http://127.0.0.1:9');
    expect([code, checksOf(report, 'broken')]).toEqual([1, ['reach.answers']]);
    expect(report.halves).toEqual({ read: 'broken', heard: 'broken', sent: 'broken' });
    expect(report.groups.map(({ name }) => name)).toEqual(['address', 'tls', 'reach']);
  });

  test('warnings alone → exit 0, and 3 with --strict', async () => {
    world.break((asked, answer) => (isPage(asked) ? without(answer, 'vary') : undefined));
    expect((await look({}, '--strict')).code).toBe(3);
  });

  test('for people: what is broken says what to do, first things first', async () => {
    world.break((asked) => (asked.path === '/ap/inbox' ? page(404) : undefined));
    const { code, stdout } = await world.doctor([]);
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
    const { code, stdout, stderr } = await world.doctor(args, {
      POSTERN_ALLOW_PRIVATE_ADDRESSES: '0',
      POSTERN_ORIGIN: 'https://blog.example',
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(said);
  });
});
