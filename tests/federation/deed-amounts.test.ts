import { describe, expect, test } from 'vitest';
import type { Plan } from '../../federation/plan.ts';
import {
  ANN,
  BEGUN,
  confirm,
  deed,
  entry,
  id,
  keys,
  ledger,
  manifest,
  NOTE,
  NOW,
  plan,
  told,
  toldDeed,
} from './plan-samples.ts';

const typesOf = ({ activities }: Plan) => activities.map(({ type }) => type);
const codesOf = ({ holds }: Plan) => holds.map(({ code }) => code);

describe('unusual amounts', () => {
  const follows = (count: number) => keys(count).map((key) => deed('Follow', `https://there.example/users/${key}`));

  test('300 lines of following.csv are one hold, and one word releases them', () => {
    const built = manifest(follows(300));
    const held = plan(built, ledger([]));
    expect(held).toMatchObject({ activities: [], holds: [{ code: 'many-creates' }] });
    expect(held.holds[0]?.ids).toHaveLength(300);
    expect(held.holds[0]?.why).toContain('@p000@there.example');
    expect(plan(built, ledger([]), confirm('many-creates')).activities).toHaveLength(300);
  });

  test('posts and deeds count together; requests to quote are part of their posts', () => {
    const posts = keys(6).map((key) => entry(key));
    const requests = keys(6).map((key) => deed('QuoteRequest', NOTE, { instrument: id(key) }));
    expect(plan(manifest([...posts, ...requests, ...follows(4)]), ledger([])).activities).toHaveLength(16);
    expect(codesOf(plan(manifest([...posts, ...requests, ...follows(5)]), ledger([])))).toEqual(['many-creates']);
  });

  test('more Undos than Deletes are sent unasked → held', () => {
    const known = keys(6).map((key) => toldDeed('Follow', `https://there.example/users/${key}`));
    expect(plan(manifest([]), ledger(known))).toMatchObject({ activities: [], holds: [{ code: 'many-deletes' }] });
    expect(typesOf(plan(manifest([]), ledger(known), confirm('many-deletes')))).toEqual(Array(6).fill('Undo'));
  });

  test('who follows 300 and loses all 4 posts has lost a folder: neither they nor the follows nor what is quiet goes', () => {
    const followed = keys(300).map((key) => toldDeed('Follow', `https://there.example/users/${key}`));
    const posts = keys(4, 'a').map((key) => told(key));
    const quiet = toldDeed('Like', NOTE, { state: 'baseline' });
    const made = plan(manifest([]), ledger([...posts, ...followed, quiet]));
    expect(made).toMatchObject({ activities: [], quiet: [], holds: [{ code: 'shrunk' }] });
    expect(made.holds[0]?.why).toContain('all 4 posts');
    const elsewhere = { ...ledger(posts), elsewhere: 0 };
    expect(codesOf(plan(manifest([deed('Follow', ANN.actor)]), elsewhere))).toEqual(['shrunk']);
  });

  test('deeds look like no rename, and are not too old: a like of last week is sent', () => {
    const built = deed('Like', `${NOTE}0`, { published: '2026-11-15T00:00:00Z', title: 'What 1 says' });
    const known = toldDeed('Like', NOTE, { published: '2026-11-15T00:00:00Z' });
    expect(Date.parse(built.published)).toBeGreaterThan(Date.parse(BEGUN));
    expect(Date.parse(built.published)).toBeLessThan(NOW);
    expect(plan(manifest([built]), ledger([known]))).toMatchObject({
      activities: [{ type: 'Undo' }, { type: 'Like' }],
      holds: [],
    });
  });

  test('a note that is renamed and has a poll now is the same note by another name', () => {
    const from = told('a', { type: 'Note', source: 'notes/a.md' });
    const to = entry('b', {
      type: 'Question',
      source: 'notes/b.md',
      title: from.title,
      bodyDigest: 'other',
      published: from.published,
    });
    const { holds } = plan(manifest([to]), ledger([from, told('c'), told('d')]));
    expect(holds[0]).toMatchObject({ code: 'rename-without-id', release: expect.stringContaining('id: a') });
  });
});
