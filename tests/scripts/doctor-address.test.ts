import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, test } from 'vitest';
import { addressesOf } from '../../federation/addresses.ts';
import { runCommand } from '../../scripts/demo/world.ts';
import { lookAtAddress, lookAtIdentity } from '../../scripts/doctor/address.ts';
import { openAsk } from '../../scripts/doctor/ask.ts';
import type { Patient } from '../../scripts/doctor/patient.ts';
import { lookAtTls } from '../../scripts/doctor/tls.ts';
import type { ResolvedAddress } from '../../server/http/addresses.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const LOOPBACK = [{ address: '127.0.0.1', family: 4 }];

function patient(origin: string, names: Record<string, readonly ResolvedAddress[]>, allowPrivate = true): Patient {
  const resolve = async (name: string): Promise<readonly ResolvedAddress[]> => {
    const found = names[name];
    if (found === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' });
    return found;
  };
  const { ask, close } = openAsk({ allowPrivate, clock: Date.now, resolve, deadlineMs: 5_000 });
  ends.push(close);
  return { origin, addresses: addressesOf(origin), ask, resolve, clock: Date.now, allowPrivate };
}

/** Answers by the name that was asked for. */
async function site(
  answers: (origin: (name: string) => string) => Record<string, string | undefined>,
): Promise<string> {
  let port = 0;
  const origin = (name: string): string => `http://${name}:${port}`;
  const answer: RequestListener = ({ headers, url = '' }, response) => {
    const target = answers(origin)[(headers.host ?? '').replace(/:\d+$/, '')];
    if (target === undefined) response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Here</p>');
    else response.writeHead(301, { location: target + url }).end();
  };
  port = await listen(createHttp(answer));
  return origin('blog.localhost');
}
const BOTH = { 'blog.localhost': LOOPBACK, 'www.blog.localhost': LOOPBACK };

describe('the name', () => {
  test('www redirects to the origin → in order', async () => {
    const origin = await site((at) => ({ 'www.blog.localhost': at('blog.localhost') }));
    const found = await lookAtAddress(patient(origin, BOTH));
    expect(found.map(({ check, mark }) => [check, mark])).toEqual([
      ['address.resolves', 'skipped'],
      ['address.origin', 'ok'],
      ['address.twin', 'ok'],
    ]);
  });

  test('apex and www redirect to each other → round in circles', async () => {
    const origin = await site((at) => ({
      'blog.localhost': at('www.blog.localhost'),
      'www.blog.localhost': at('blog.localhost'),
    }));
    const found = (await lookAtAddress(patient(origin, BOTH))).find(({ check }) => check === 'address.origin');
    expect(found).toMatchObject({ mark: 'broken', saw: expect.stringContaining('round in circles') });
    expect(found?.next).toMatch(/Let blog\.localhost:\d+ answer itself/);
  });

  test('the origin redirects to www, which answers → which of the two is the blog is the other way round', async () => {
    const origin = await site((at) => ({ 'blog.localhost': at('www.blog.localhost') }));
    const found = (await lookAtAddress(patient(origin, BOTH))).find(({ check }) => check === 'address.origin');
    expect(found).toMatchObject({ mark: 'broken', saw: expect.stringContaining('not where the blog answers') });
    expect(found?.next).toContain('`origin: http://www.blog.localhost');
  });

  test('www answers beside the origin → a warning; no such name → in order', async () => {
    const origin = await site(() => ({}));
    const twin = async (names: Record<string, readonly ResolvedAddress[]>) =>
      (await lookAtAddress(patient(origin, names))).find(({ check }) => check === 'address.twin');
    expect(await twin(BOTH)).toMatchObject({
      mark: 'warning',
      next: expect.stringMatching(/^Redirect all of http:\/\/www/),
    });
    expect(await twin({ 'blog.localhost': LOOPBACK })).toMatchObject({ mark: 'ok' });
  });

  test.each([
    ['https://blog.example', {}, 'leads nowhere (ENOTFOUND)', 'Add an A, AAAA or CNAME record'],
    [
      'https://blog.example',
      { 'blog.example': [{ address: '10.0.0.7', family: 4 }] },
      '10.0.0.7 is no public address',
      'public address',
    ],
    ['https://203.0.113.5', {}, 'is a number', 'Give the blog a domain'],
  ])('%s with %j → %s, and nobody is asked', async (origin, names, saw, next) => {
    const asked = { ...patient(origin, names, false), ask: () => Promise.reject(new Error('asked')) };
    expect(await lookAtAddress(asked)).toEqual([
      {
        check: 'address.resolves',
        mark: 'broken',
        saw: expect.stringContaining(saw),
        next: expect.stringContaining(next),
      },
    ]);
  });

  test('a name of the host that is not one’s own → a warning', () => {
    const origin = 'https://quiet-otter.netlify.app';
    const none = { kind: 'none', url: origin, code: '', reason: '' } as const;
    const met = { answer: none, isReadable: false, posts: [], builtFor: origin };
    expect(lookAtIdentity(patient(origin, {}), met)).toMatchObject([
      { check: 'address.built-for', mark: 'ok' },
      { check: 'address.own-domain', mark: 'warning', next: expect.stringContaining('domain of your own') },
    ]);
  });

  test('without leave no request goes to this machine', async () => {
    const { ask } = patient('http://127.0.0.1:9', {}, false);
    expect(await ask('http://127.0.0.1:9/')).toMatchObject({ kind: 'none', code: 'POSTERN_BLOCKED' });
    const { ask: other } = patient('https://blog.example', { 'blog.example': LOOPBACK }, false);
    for (const plain of [false, true]) {
      const url = plain ? 'http://blog.example/' : 'https://blog.example/';
      expect(await other(url, { plain })).toMatchObject({ kind: 'none', code: 'POSTERN_BLOCKED' });
    }
  });
});

const DAY_MS = 86_400_000;

async function tlsSite(name: string, from: number, until: number): Promise<{ port: number; certificate: string }> {
  const pair = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(from),
    notAfterDate: new Date(until),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  });
  const server = createHttps({ cert: pair.cert, key: pair.private }, (_request, response) => response.end());
  return { port: await listen(server), certificate: pair.cert };
}

describe('the certificate', () => {
  const look = async (port: number, name = 'blog.localhost') =>
    (await lookAtTls(patient(`https://${name}:${port}`, { [name]: LOOPBACK })))[0];

  test('expired → broken, and since when', async () => {
    const { port } = await tlsSite('blog.localhost', Date.now() - 90 * DAY_MS, Date.now() - 2 * DAY_MS);
    expect(await look(port)).toMatchObject({
      mark: 'broken',
      saw: expect.stringMatching(/expired on \d{4}-\d\d-\d\d/),
    });
  });

  test('signed by itself → broken; no TLS at all → broken', async () => {
    const { port } = await tlsSite('blog.localhost', Date.now() - DAY_MS, Date.now() + 90 * DAY_MS);
    expect(await look(port)).toMatchObject({ mark: 'broken', saw: expect.stringContaining('signed by itself') });
    const plain = await listen(createHttp((_request, response) => response.end()));
    expect(await look(plain)).toMatchObject({ mark: 'broken', saw: expect.stringContaining('no TLS connection') });
  });

  test.each([
    ['localhost', 90, 'ok', /trusted, until \d{4}-\d\d-\d\d \((89|90) days\), TLSv1\.\d/, 1],
    ['localhost', 5, 'warning', /ends on \d{4}-\d\d-\d\d, in [45] days/, 1],
    ['other.example', 90, 'broken', /is for DNS:other\.example, not for localhost/, 1],
  ])('trusted, for %s, %i days left → %s', async (name, days, mark, saw, code) => {
    const { port, certificate } = await tlsSite(name, Date.now() - DAY_MS, Date.now() + days * DAY_MS);
    const folder = mkdtempSync(join(tmpdir(), 'postern-doctor-tls-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'cert.pem');
    writeFileSync(file, certificate);
    const { PATH, HOME } = process.env;
    const environment = {
      PATH,
      HOME,
      POSTERN_CONTENT: folder,
      POSTERN_DATA: folder,
      POSTERN_ALLOW_PRIVATE_ADDRESSES: '1',
    };
    const ran = await runCommand('doctor', [`https://localhost:${port}`, '--json'], {
      ...environment,
      NODE_EXTRA_CA_CERTS: file,
    });
    const report = JSON.parse(ran.stdout);
    const found = report.groups.find((group: { name: string }) => group.name === 'tls').findings;
    expect([ran.code, found]).toEqual([code, [expect.objectContaining({ mark, saw: expect.stringMatching(saw) })]]);
    // Behind a certificate that nobody trusts nobody looks further.
    expect(report.groups.some((group: { name: string }) => group.name === 'documents')).toBe(mark !== 'broken');
  });
});
