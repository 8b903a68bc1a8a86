/** The beginning of a picture of each kind, as a file has it. */
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

export const PICTURES: Readonly<Record<string, Uint8Array>> = {
  'image/png': hex('89504e470d0a1a0a 0000000d49484452 00000001 00000001 08060000001f15c489'),
  'image/jpeg': hex('ffd8ffe000104a46494600010100000100010000'),
  'image/gif': hex('474946383961 0100 0100 800000 000000ffffff'),
  'image/webp': hex('52494646 24000000 57454250 56503820 18000000'),
  'image/avif': hex('00000020 66747970 61766966 00000000 61766966 6d696631 6d696166 4d413142'),
};

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

/** What poses as a picture. */
export const IMPOSTORS: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(),
  svg: text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  'svg after a declaration': text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
  html: text('<!doctype html><script>alert(1)</script>'),
  'half of a png': hex('89504e47'),
  'html that names a png later': text('<html>\x89PNG\r\n\x1a\n'),
  'a wave file': hex('52494646 24000000 57415645 666d7420'),
  'a film': hex('00000020 66747970 69736f6d 00000200 69736f6d 69736f32 61766331 6d703431'),
  'a film whose version reads avif': hex('00000014 66747970 69736f6d 61766966 69736f6d'),
  'a bitmap': hex('424d 46000000'),
  json: text('{"type":"image/png"}'),
};
