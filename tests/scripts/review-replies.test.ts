import { expect, test } from 'vitest';
import { reviewReplies } from '../../scripts/review-replies.ts';
import { PosternError } from '../../server/errors.ts';
import type { Decision } from '../../server/moderate.ts';
import type { ReplyView } from '../../server/owner-access.ts';

const view = (n: number, more: Partial<ReplyView> = {}): ReplyView => ({
  id: `https://peer.example/notes/${n}`,
  kind: 'reply',
  state: 'held',
  actor: 'https://peer.example/ann',
  handle: '@ann@peer.example',
  target: 'https://blog.example/ap/posts/a.json',
  at: '2026-11-23T12:00:00Z',
  url: `https://peer.example/@ann/${n}`,
  text: `Words ${n}`,
  attachments: [],
  ...more,
});

async function review(keys: string, replies: readonly ReplyView[] = [view(1), view(2), view(3)]) {
  const left = [...keys];
  const lines: string[] = [];
  const done: [Decision, string][] = [];
  const blocked: string[] = [];
  const decided = await reviewReplies({
    owner: {
      async moderate(decision, ids) {
        for (const id of ids) done.push([decision, id.slice(-1)]);
        return ids.map((id) => ({ id, result: 'changed', others: 0, sent: 0 }));
      },
    },
    replies,
    origin: 'https://blog.example',
    clock: () => Date.UTC(2026, 10, 23, 13),
    nextKey: async () => left.shift(),
    print: (line) => lines.push(line),
    block: async ({ handle }) => {
      if (handle === '') throw new PosternError('not-a-block', 'It names nobody.', { hint: 'Name somebody.' });
      return `blocked ${blocked.push(handle)}`;
    },
  });
  return { decided, done, blocked, left: left.join(''), text: lines.join('\n') };
}

test('a, h and rr decide one each, in their order', async () => {
  const { done, decided } = await review('ahrr');
  expect(done).toEqual([
    ['approve', '1'],
    ['hide', '2'],
    ['remove', '3'],
  ]);
  expect(decided).toBe(3);
});

test('r and then another key → nothing is removed, and the same reply is asked about', async () => {
  const { done } = await review('rxa');
  expect(done).toEqual([['approve', '1']]);
});

test('n goes on, q ends, and what is pressed after it counts for nothing', async () => {
  const { done, decided, left } = await review('nhqa');
  expect([done, decided, left]).toEqual([[['hide', '2']], 1, 'a']);
});

test('the end of the input ends it', async () => {
  expect(await review('n')).toMatchObject({ done: [], decided: 0 });
});

test('b blocks the author, o prints the page, another key what there is; then the reply is still open', async () => {
  const { done, blocked, text } = await review('boxh', [view(1)]);
  expect(blocked).toEqual(['@ann@peer.example']);
  expect(text).toContain('\nhttps://peer.example/@ann/1\n');
  expect(text.match(/\[q\] quit/g)).toHaveLength(2);
  expect(done).toEqual([['hide', '1']]);
});

test('b on an author who cannot be blocked by name tells why, and the same reply is asked about', async () => {
  const { done, text } = await review('bhq', [view(1, { handle: '' }), view(2)]);
  expect(text).toContain('It names nobody.');
  expect(text).toContain('Name somebody.');
  expect(done).toEqual([['hide', '1']]);
});

test('nothing that a stranger wrote moves the cursor or turns the line', async () => {
  const bad = '\u001b[2J\u202e\u009b31m\r';
  const said = { text: `a${bad}\nb`, name: bad, handle: bad, url: bad, contentWarning: bad, title: bad, reason: bad };
  const { text } = await review('o', [view(1, { ...said, id: bad, actor: bad, inReplyTo: bad, attachments: [bad] })]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/\u001b\[2J|\u202e|\u009b|\r/);
});
