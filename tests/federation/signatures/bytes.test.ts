import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromBase64Url, toBase64 } from '../../../federation/signatures/bytes.ts';

describe('base64', () => {
  it('is what Node.js writes and reads, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(toBase64(bytes)).toBe(text);
        expect(fromBase64(text)).toEqual(bytes);
        expect(fromBase64Url(Buffer.from(bytes).toString('base64url'))).toEqual(bytes);
      }),
    );
  });

  it('has one spelling, and every other text is none', () => {
    const digit = fc.constantFrom(...'AQgw+/=Zz09-_ \n\u00e9\u0141');
    fc.assert(
      fc.property(fc.array(digit, { maxLength: 12 }), (digits) => {
        const text = digits.join('');
        const read = fromBase64(text);
        const isCanonical = Buffer.from(text, 'base64').toString('base64') === text;
        expect(read !== undefined).toBe(isCanonical);
        if (read) expect(toBase64(read)).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['A', 'AA', 'AAA', '=', '==', '====', 'A===', 'AB==', 'AAB=', 'AA=A', 'AA==AA==', 'AAA\u0141', ' AAA'])(
    '%j is none',
    (text) => expect(fromBase64(text)).toBeUndefined(),
  );
});
