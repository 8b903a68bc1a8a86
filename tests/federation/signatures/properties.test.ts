import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, fromBase64Url, toBase64 } from '../../../federation/signatures/bytes.ts';
import { parseCavage, signCavage } from '../../../federation/signatures/cavage.ts';
import { checkContentDigest, checkDigest } from '../../../federation/signatures/digest.ts';
import { keyFromDocument } from '../../../federation/signatures/keys.ts';
import { parseMessageSignatures, signMessage } from '../../../federation/signatures/message-signatures.ts';
import { fromMultibase, toMultibase } from '../../../federation/signatures/multibase.ts';
import type { RequestMessage } from '../../../federation/signatures/request.ts';
import {
  type InnerList,
  type Item,
  parseDictionary,
  serializeInnerList,
} from '../../../federation/signatures/structured-fields.ts';
import { parseHttpDate } from '../../../federation/signatures/time-window.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import * as crypto from '../../../server/crypto.ts';
import { ALICE_KEY, aliceKey, INBOX, NOW, signingDeps, verifierWith } from './support.ts';

/** Text that looks like what the parsers read, so that the properties reach past the first character. */
const fragments = fc.constantFrom(
  ...[
    'keyId="a"',
    'keyId=',
    'signature="AAAA"',
    ',',
    ';',
    '"',
    '\\',
    '(',
    ')',
    '=',
    ':',
    ':AAAA:',
    '?1',
    '1.5',
    '-',
    ' ',
    '\t',
  ],
  ...['sig1', 'created=1', 'headers="date"', '"@method"', 'SHA-256=', '__proto__', '\u0000', '\n', 'é', '*'],
);
const hostile = fc.oneof(
  fc.string(),
  fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
);

describe('parsers', () => {
  test('never throw, whatever they read', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        parseCavage(one);
        parseDictionary(one);
        parseMessageSignatures(one, other);
        parseMessageSignatures(`sig1=${one}`, `sig1=:${toBase64(Buffer.from(other))}:`);
        checkDigest(crypto, one, Buffer.from(other));
        checkContentDigest(crypto, one, Buffer.from(other));
        fromMultibase(one);
        fromBase64(one);
        fromBase64Url(one);
        parseHttpDate(one);
      }),
      { numRuns: 2000 },
    );
  });

  test('a request of any headers and URL ends in a verdict', async () => {
    const headerNames = fc.constantFrom(
      'signature',
      'signature-input',
      'date',
      'digest',
      'content-digest',
      'host',
      'Signature',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(headerNames, hostile)), hostile, hostile, async (headers, method, path) => {
        const message = { method, url: `https://blog.test/${path}`, headers, body: new Uint8Array() };
        expect((await verifyRequest(verifierWith(NOW, aliceKey()), message)).kind).toBe('failed');
        expect((await verifyRequest(verifierWith(NOW, aliceKey()), { ...message, url: path })).kind).toBe('failed');
      }),
      { numRuns: 500 },
    );
  });

  test('a key is looked for in any JSON without a throw, and never found in junk', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('id', 'publicKey', 'owner', 'controller', 'publicKeyPem'), fc.jsonValue()),
        (json) => {
          expect(keyFromDocument(JSON.parse(JSON.stringify(json)), ALICE_KEY).kind).toBe('none');
        },
      ),
    );
  });

  // Anything quadratic takes minutes for this much; all of it, linear, a fraction of a second.
  test('no input takes more than linear time', { timeout: 10_000 }, () => {
    const long = 200_000;
    for (const unit of ['a=', '"', '\\"', ' ', ',', 'a="",', '(', '=1', 'SHA-256=A,', '; ', ':A']) {
      for (const end of ['', 'x']) {
        const text = unit.repeat(long / unit.length) + end;
        parseCavage(`keyId="${text}`);
        parseDictionary(`a=${text}`);
        checkDigest(crypto, text, new Uint8Array());
        fromMultibase(`z${text}`);
        parseHttpDate(text);
      }
    }
  });
});

describe('round trips', () => {
  test('bytes through base64 and multibase, leading zeros kept', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(3), (bytes, zeros) => {
        const padded = Uint8Array.from([...new Array<number>(zeros).fill(0), ...bytes]);
        expect(fromBase64(toBase64(padded))).toEqual(padded);
        expect(fromMultibase(toMultibase(padded))).toEqual(padded);
      }),
    );
  });

  const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,8}$/);
  const bare: fc.Arbitrary<Item['item']> = fc.oneof(
    fc.record({ type: fc.constant('integer' as const), value: fc.integer({ min: -999_999_999, max: 999_999_999 }) }),
    fc.record({ type: fc.constant('string' as const), value: fc.stringMatching(/^[ -~]*$/) }),
    fc.record({
      type: fc.constant('token' as const),
      value: fc.stringMatching(/^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*$/),
    }),
    fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array() }),
    fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
    fc
      .integer({ min: -99_999, max: 99_999 })
      .map((thousandths) => ({ type: 'decimal' as const, value: thousandths / 1000 })),
  );
  const parameters = fc.array(fc.tuple(key, bare), { maxLength: 4 }).map((entries) => new Map(entries));
  const innerList: fc.Arbitrary<InnerList> = fc.record({
    items: fc.array(fc.record({ item: bare, parameters }), { maxLength: 5 }),
    parameters,
  });

  test('an inner list through its serialization', () => {
    fc.assert(
      fc.property(key, innerList, (label, list) => {
        const text = `${label}=${serializeInnerList(list)}`;
        expect(parseDictionary(text)).toEqual(new Map([[label, list]]));
      }),
      { numRuns: 500 },
    );
  });

  test('a dictionary that names a key twice → malformed', () => {
    fc.assert(
      fc.property(key, (label) => {
        expect(parseDictionary(`${label}=1, ${label}=1`)).toBeUndefined();
      }),
    );
  });
});

describe.each([['draft-cavage', signCavage] as const, ['RFC 9421', signMessage] as const])(
  'a signed POST by %s',
  (_name, sign) => {
    const body = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const verify = (message: RequestMessage) => verifyRequest(verifierWith(NOW, aliceKey()), message);
    const signed = (bytes: Uint8Array, path: string): RequestMessage => {
      const outgoing = {
        method: 'POST',
        url: `${INBOX}/${path}`,
        contentType: 'application/activity+json',
        body: bytes,
      } as const;
      return { ...outgoing, headers: Object.entries(sign(signingDeps, outgoing, { now: NOW })) };
    };
    const path = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const flip = (text: string, position: number, bit: number) => {
      const at = position % text.length;
      return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1);
    };

    test('of any body and path → verified', async () => {
      await fc.assert(
        fc.asyncProperty(body, path, async (bytes, at) => {
          expect((await verify(signed(bytes, at))).kind).toBe('verified');
        }),
        { numRuns: 50 },
      );
    });

    test('with one bit of the body, the path, a covered header or the signature flipped → refused', async () => {
      const part = fc.constantFrom(
        'body',
        'path',
        'date',
        'digest',
        'content-digest',
        'signature',
        'signature-input',
        'content-type',
      );
      await fc.assert(
        fc.asyncProperty(body, path, part, fc.nat(), fc.nat(6), async (bytes, at, which, position, bit) => {
          const message = signed(bytes, at);
          const changed = change(message, which, (text) => flip(text, position, bit));
          fc.pre(changed !== undefined);
          expect((await verify(changed ?? message)).kind).toBe('failed');
        }),
        { numRuns: 400 },
      );
    });

    function change(
      message: RequestMessage,
      which: string,
      flipped: (text: string) => string,
    ): RequestMessage | undefined {
      if (which === 'body')
        return { ...message, body: Buffer.from(flipped(Buffer.from(message.body).toString('latin1')), 'latin1') };
      if (which === 'path') return { ...message, url: INBOX + flipped(message.url.slice(INBOX.length)) };
      const covered = sign === signCavage ? ['date', 'digest', 'content-type'] : ['content-digest', 'signature-input'];
      if (which !== 'signature' && !covered.includes(which)) return undefined;
      let same = true;
      const headers = [...message.headers].map(([name, value]): [string, string] => {
        if (name.toLowerCase() !== which) return [name, value];
        // Of draft-cavage's header only the signature itself is signed; the rest is read from it, not by it.
        const [head, rest] =
          which === 'signature' ? splitAt(value, sign === signCavage ? 'signature="' : ':') : ['', value];
        const other = head + flipped(rest);
        same = other.trim() === value;
        return [name, other];
      });
      return same ? undefined : { ...message, headers };
    }
  },
);

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark) + mark.length;
  return [text.slice(0, at), text.slice(at)];
}
