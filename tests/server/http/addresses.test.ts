import { isIP } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { guardUrl, isAllowedAddress } from '../../../server/http/addresses.ts';

const strict = { allowPrivate: false };
const development = { allowPrivate: true };

/** One address at each end of every block that leads nowhere public (IANA special-purpose registries). */
const forbidden = [
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255'],
  ...['169.254.0.0', '169.254.169.254', '169.254.255.255', '172.16.0.0', '172.31.255.255'],
  ...[
    '192.0.0.0',
    '192.0.0.255',
    '192.0.2.0',
    '192.0.2.255',
    '192.88.99.0',
    '192.88.99.255',
    '192.168.0.0',
    '192.168.255.255',
  ],
  ...['198.18.0.0', '198.19.255.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255'],
  ...['224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  ...[
    '::',
    '::8.8.8.8',
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::ffff:169.254.169.254',
    '::ffff:0:8.8.8.8',
  ],
  ...['64:ff9b::', '64:ff9b::10.0.0.1', '64:ff9b::808:808', '64:ff9b:1::1', '100::', '100::1', '100:0:0:1::1'],
  ...[
    '2001::',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:2::1',
    '2001:10::',
    '2001:1f:ffff::',
    '2001:20::',
    '2001:2f:ffff::',
  ],
  ...['2001:db8::', '2001:db8:ffff::1', '2002::', '2002:7f00:1::', '2002:808:808::1', '3fff::', '3fff:fff:ffff::1'],
  ...[
    'fc00::',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff00::',
    'ff02::1',
    '5f00::1',
    '4000::1',
    'e000::1',
  ],
];

const loopback = ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'];

const open = [
  '8.8.8.8',
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
];
const open6 = ['2606:4700::1111', '2a00:1450:4001::200e', '2001:4860:4860::8888', '2003::1', '::ffff:8.8.8.8'];

describe('isAllowedAddress', () => {
  it('allows no address that ipaddr.js does not call unicast', () => {
    const edges = ['2001:', '2002:', '2620:4f:8000:', '3fff:', '64:ff9b:', '::ffff:', 'fe80:', 'fc00:', '100:'];
    const near = fc.tuple(fc.constantFrom(...edges), fc.ipV6()).map(([edge, rest]) => {
      const [before = '', after = ''] = [edge, rest.split(':').at(-1) ?? '1'];
      return before.endsWith('::') ? `${before}${after}` : `${before}:${after}`;
    });
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), near);
    fc.assert(
      fc.property(address, (text) => {
        if (isIP(text) === 0 || !isAllowedAddress(text, strict)) return;
        expect(ipaddr.process(text).range()).toBe('unicast');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(forbidden)('%s is never connected to, not even in development', (address) => {
    expect(isAllowedAddress(address, strict)).toBe(false);
    expect(isAllowedAddress(address, development)).toBe(false);
  });

  it.each(loopback)('%s is connected to in development alone', (address) => {
    expect(isAllowedAddress(address, strict)).toBe(false);
    expect(isAllowedAddress(address, development)).toBe(true);
  });

  it.each([...open, ...open6])('%s is public', (address) => {
    expect(isAllowedAddress(address, strict)).toBe(true);
  });

  it.each(['', 'localhost', '8.8.8', '0x8.8.8.8', '010.8.8.8', '134744072', '8.8.8.8.', '[::1]'])(
    '%j is no address',
    (text) => {
      expect(isAllowedAddress(text, development)).toBe(false);
    },
  );

  it('no text at all makes it fail', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
        expect(typeof isAllowedAddress(text, strict)).toBe('boolean');
      }),
    );
  });
});

const refused: [url: string, reason: string][] = [
  ['http://peer.example/', 'scheme'],
  ['ftp://peer.example/', 'scheme'],
  ['file:///etc/passwd', 'scheme'],
  ['data:application/activity+json,{}', 'scheme'],
  ['https://peer.example:8443/', 'port'],
  ['https://peer.example:80/', 'port'],
  ['https://user@peer.example/', 'userinfo'],
  ['https://:secret@peer.example/', 'userinfo'],
  ['https://127.0.0.1/', 'ip-literal'],
  ['https://8.8.8.8/', 'ip-literal'],
  ['https://2130706433/', 'ip-literal'],
  ['https://0177.0.0.1/', 'ip-literal'],
  ['https://017700000001/', 'ip-literal'],
  ['https://0x7f.1/', 'ip-literal'],
  ['https://0x7f000001/', 'ip-literal'],
  ['https://127.1/', 'ip-literal'],
  ['https://10.0.0.1./', 'ip-literal'],
  ['https://１２７.０.０.１/', 'ip-literal'],
  ['https://%31%32%37.0.0.1/', 'ip-literal'],
  ['https://[::1]/', 'ip-literal'],
  ['https://[::ffff:127.0.0.1]/', 'ip-literal'],
  ['https://[0:0:0:0:0:ffff:7f00:1]/', 'ip-literal'],
  ['https://[2606:4700::1111]/', 'ip-literal'],
  ['https://localhost/', 'local-name'],
  ['https://LOCALHOST/', 'local-name'],
  ['https://localhost./', 'local-name'],
  ['https://blog.localhost/', 'local-name'],
  ['https://intranet/', 'local-name'],
  ['https://printer.local/', 'local-name'],
  ['https://metadata.google.internal/', 'local-name'],
  ['https://metadata.google.internal./', 'local-name'],
  ['https://router.home.arpa/', 'local-name'],
  ['https://peer.example../', 'local-name'],
  ['https://.example/', 'local-name'],
  ['https://[fe80::1%25eth0]/', 'malformed-url'],
  ['https://peer.example\\@10.0.0.1/', 'malformed-url'],
  ['https://peer.example\n/', 'malformed-url'],
  [' https://peer.example/', 'malformed-url'],
  ['//peer.example/', 'malformed-url'],
  ['', 'malformed-url'],
];

describe('guardUrl', () => {
  it('a URL longer than 2048 characters is refused', () => {
    const url = `https://peer.example/${'a'.repeat(2048)}`;
    expect(guardUrl(url, strict)).toEqual({ kind: 'blocked', reason: 'malformed-url' });
  });

  it.each(refused)('%s → %s', (url, reason) => {
    expect(guardUrl(url, strict)).toEqual({ kind: 'blocked', reason });
  });

  it.each([
    ['https://peer.example/users/a?b=c', 'https://peer.example/users/a?b=c'],
    ['https://Peer.EXAMPLE:443/', 'https://peer.example/'],
    ['https://peer.example./users/a', 'https://peer.example/users/a'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['HTTPS://BÜCHER.example/', 'https://xn--bcher-kva.example/'],
    ['https://peer。example/', 'https://peer.example/'],
  ])('%s is asked as %s', (url, asked) => {
    const guarded = guardUrl(url, strict);
    expect(guarded.kind === 'allowed' && guarded.url.href).toBe(asked);
  });

  it.each([
    'http://127.0.0.1:4321/',
    'http://[::1]:4321/',
    'http://localhost:4321/',
    'http://blog.localhost/',
    'http://0x7f.1/',
    'http://peer.example:8080/',
  ])('in development %s is allowed', (url) => {
    expect(guardUrl(url, development).kind).toBe('allowed');
  });

  it.each([
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://[::ffff:10.0.0.1]/',
    'http://8.8.8.8/',
    'http://intranet/',
    'http://printer.local/',
    'http://user@localhost/',
    'gopher://localhost/',
  ])('in development %s stays refused', (url) => {
    expect(guardUrl(url, development).kind).toBe('blocked');
  });

  it('never throws and never lets a literal or another port through', () => {
    const urls = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true }),
      fc.ipV4Extended().map((ip) => `https://${ip}/`),
    );
    fc.assert(
      fc.property(urls, (text) => {
        const guarded = guardUrl(text, strict);
        if (guarded.kind === 'blocked') return;
        expect(guarded.url.protocol).toBe('https:');
        expect(guarded.url.port).toBe('');
        expect(guarded.url.hostname).toMatch(/\.[^.]*[^\d.][^.]*$/);
      }),
    );
  });
});
