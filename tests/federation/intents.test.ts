import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intentAddress } from '../../federation/intents.ts';

const uri = 'https://blog.example/ap/posts/a%20b.json?x=1&y=2';
const encoded = encodeURIComponent(uri);
const object = 'https://w3id.org/fep/3b86/Object';
const create = 'https://w3id.org/fep/3b86/Create';
const subscribe = 'http://ostatus.org/schema/1.0/subscribe';
const address = (...links: [string, string][]) => intentAddress(new Map(links), uri);

describe('the address where a server opens a post', () => {
  test('Mastodon 4.6: its Object template, for its Create takes a text alone', () => {
    expect(
      address(
        [subscribe, 'https://mastodon.example/authorize_interaction?uri={uri}'],
        [create, 'https://mastodon.example/share?text={content}'],
        [object, 'https://mastodon.example/authorize_interaction?uri={object}'],
      ),
    ).toBe(`https://mastodon.example/authorize_interaction?uri=${encoded}`);
  });

  test('a Create template that takes what is replied to comes first; what it asks for besides stays empty', () => {
    expect(
      address(
        [object, 'https://peer.example/open?o={object}'],
        [create, 'https://peer.example/write?re={inReplyTo}&text={content}&then={on-success}'],
      ),
    ).toBe(`https://peer.example/write?re=${encoded}&text=&then=`);
  });

  test('older servers: the template for following, as GoToSocial, Misskey and Mastodon before 4.6 have it', () => {
    expect(address([subscribe, 'https://peer.example/authorize-follow?acct={uri}'])).toBe(
      `https://peer.example/authorize-follow?acct=${encoded}`,
    );
  });

  test.each([
    'http://peer.example/?uri={uri}',
    'javascript:alert("{uri}")',
    'data:text/html,{uri}',
    'https://peer.example/',
    'https://peer.example/{other}',
    'https://{uri}/',
    'https://peer.example{uri}/x',
    'https://peer.example:{uri}/',
    '{uri}',
    '//peer.example/{uri}',
    'https://user:word@peer.example/{uri}',
    '',
  ])('%s is none', (template) => {
    expect(address([subscribe, template])).toBeUndefined();
  });

  test('a template that cannot be used gives way to one that can', () => {
    expect(address([object, 'javascript:{object}'], [subscribe, 'https://peer.example/?u={uri}'])).toBe(
      `https://peer.example/?u=${encoded}`,
    );
  });

  test.each(['https://peer.example{uri}/', 'https://{uri}.example/', 'https://peer.example:4{uri}/'])(
    '%s does not let what is filled in choose the host',
    (template) => {
      for (const value of ['evil', '.evil', '43'])
        expect(intentAddress(new Map([[subscribe, template]]), value)).toBeUndefined();
    },
  );

  test('whatever is filled in, the host stays the one of the template', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, value) => {
        const made = intentAddress(new Map([[subscribe, `https://peer.example/${before}{uri}`]]), value);
        expect(made === undefined || new URL(made).origin === 'https://peer.example').toBe(true);
      }),
    );
  });
});
