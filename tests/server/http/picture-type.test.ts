import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PICTURE_TYPES, pictureType } from '../../../server/http/picture-type.ts';
import { IMPOSTORS, PICTURES } from './pictures.ts';

it.each(Object.entries(PICTURES))('%s is known by its first bytes', (type, bytes) => {
  expect(pictureType(bytes)).toBe(type);
  expect(PICTURE_TYPES.has(type)).toBe(true);
});

it.each(Object.entries(IMPOSTORS))('%s is no picture', (_name, bytes) => {
  expect(pictureType(bytes)).toBeUndefined();
});

it('a sequence of AVIF pictures, and one whose first brand is another, are AVIF', () => {
  const brands = (first: string, other: string) => Buffer.from(`\0\0\0\x18ftyp${first}\0\0\0\0mif1${other}`, 'latin1');
  expect(pictureType(brands('avis', 'msf1'))).toBe('image/avif');
  expect(pictureType(brands('mif1', 'avif'))).toBe('image/avif');
  expect(pictureType(brands('mif1', 'heic'))).toBeUndefined();
});

it('any bytes whatever give a type that may be served, or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const type = pictureType(bytes);
      expect(type === undefined || PICTURE_TYPES.has(type)).toBe(true);
    }),
  );
});
