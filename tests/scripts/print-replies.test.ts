import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { shortName } from '../../scripts/find-reply.ts';
import { decidedText } from '../../scripts/print-replies.ts';

describe('what came of a decision', () => {
  const id = 'https://peer.example/1';
  const name = shortName(id);

  it.each([
    ['changed', 4, `approved ${name}, with 4 answers to it`],
    ['changed', 1, `approved ${name}, with 1 answer to it`],
    ['changed', 0, `approved ${name}`],
    ['unchanged', 2, `as it was ${name}: approved already, with 2 answers to it`],
  ] as const)('%s, %i answers shown again → %s', (result, others, text) => {
    expect(stripVTControlCharacters(decidedText('approve', { id, result, others, sent: 0 }))).toBe(text);
  });
});
