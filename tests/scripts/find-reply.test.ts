import { expect, test } from 'vitest';
import { findNamed, findReplies, listReplies, shortName } from '../../scripts/find-reply.ts';
import { PosternError } from '../../server/errors.ts';
import type { OwnerAccess, ReplyView } from '../../server/owner-access.ts';

const view = (id: string): ReplyView => ({
  id,
  kind: 'reply',
  state: 'held',
  actor: 'https://peer.example/ann',
  handle: '@ann@peer.example',
  target: 'https://blog.example/ap/posts/a.json',
  at: '2026-11-23T12:00:00Z',
  url: `${id}.html`,
  text: 'Words',
  attachments: [],
});
const all = Array.from({ length: 450 }, (_, n) => view(`https://peer.example/notes/${n}`));

/** Pages as a store gives them; `asked` are the limits. */
function pagesOf(asked: number[] = []): Pick<OwnerAccess, 'replies'> {
  return {
    async replies({ limit, before = '0' }) {
      asked.push(limit);
      const end = Number(before) + limit;
      return { items: all.slice(Number(before), end), ...(end < all.length ? { cursor: String(end) } : {}) };
    },
  };
}

const faultOf = (work: () => unknown): PosternError => {
  try {
    work();
  } catch (error) {
    if (error instanceof PosternError) return error;
  }
  throw new Error('no PosternError');
};

test('a name is made of the id alone, and is the same each time', () => {
  expect(shortName('https://peer.example/notes/1')).toBe(shortName('https://peer.example/notes/1'));
  expect(shortName('https://peer.example/notes/1')).toMatch(/^[0-9a-f]{6}$/);
});

test('found by short name, by more or fewer of its letters, in capitals, by id, by page', () => {
  const wanted = all[7] ?? view('');
  const whole = shortName(wanted.id, 64);
  for (const name of [
    whole.slice(0, 6),
    whole,
    ` #${whole.slice(0, 12)} `,
    whole.slice(0, 8).toUpperCase(),
    wanted.id,
    `${wanted.id}.html`,
  ])
    expect(findNamed(all, name, 'reply')).toBe(wanted);
});

test('letters that fit two → both are named, none is taken', () => {
  const start = (id: string) => shortName(id, 4);
  const known = new Map<string, string>();
  const twins = Array.from({ length: 5_000 }, (_, n) => `https://peer.example/twin/${n}`).flatMap((id) => {
    const other = known.get(start(id));
    known.set(start(id), id);
    return other === undefined ? [] : [[other, id] as const];
  });
  const [first = '', second = ''] = twins[0] ?? [];
  const fault = faultOf(() => findNamed([view(first), view(second)], start(first), 'reply'));
  expect(fault.code).toBe('ambiguous-reply');
  for (const id of [first, second]) expect(fault.message).toContain(`${shortName(id, 12)}  ${id}`);
});

test('fewer than four letters, and what is nothing, are nobody; a slip of the pen is told', () => {
  const name = shortName(all[0]?.id ?? '');
  expect(faultOf(() => findNamed(all, name.slice(0, 3), 'reply')).code).toBe('unknown-reply');
  expect(faultOf(() => findNamed([], 'abcdef', 'reply')).code).toBe('unknown-reply');
  const slip = faultOf(() => findNamed(all.slice(0, 1), `${name.slice(1)}${name[0]}`, 'reply'));
  expect(slip.hint).toContain(`Did you mean ${name}?`);
  expect(faultOf(() => findNamed(all, '\u001b[2J', 'reply')).message).not.toContain('\u001b');
});

test('pages are read as far as they are wanted, and no further', async () => {
  const asked: number[] = [];
  expect(await listReplies(pagesOf(asked), { limit: 250 })).toEqual({ items: all.slice(0, 250), more: true });
  expect(asked).toEqual([200, 50]);
  expect((await listReplies(pagesOf(), { limit: 1_000 })).more).toBe(false);
});

test('of several names one is wrong → nothing is found at all', async () => {
  const owner = pagesOf() as OwnerAccess;
  const names = [all[3]?.id ?? '', all[440]?.id ?? ''];
  expect((await findReplies(owner, names)).map(({ id }) => id)).toEqual(names);
  await expect(findReplies(owner, [...names, 'zzzz'])).rejects.toMatchObject({ code: 'unknown-reply' });
});
