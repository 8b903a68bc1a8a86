import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Message } from '../../federation/interaction.ts';
import type { Effect } from '../../federation/outcome.ts';
import { applyEffects, nothingToSeal } from '../../server/apply-effects.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { ALICE, activity, author, by, follower, interaction } from './store/samples.ts';

const AT = '2026-03-01T10:00:00Z';
const INBOX = 'https://a.example/inbox';
const OPTIONS = { now: 0, seal: nothingToSeal };

const told = (id: string, of?: string): Effect => ({
  type: 'notify',
  notification: { key: id, kind: 'reply', actor: 'a', at: AT, ...(of === undefined ? {} : { interaction: of }) },
});
const said = (id: string): Effect => ({ type: 'store-interaction', interaction: by(ALICE, id), author: ALICE });

describe.each(['memory', 'SQLite'])('the effects of an activity, in %s', (name) => {
  let folder: string;
  let store: Store;
  let commits: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-effects-'));
    store = name === 'memory' ? openMemoryStore() : openSqliteStore(join(folder, 'postern.db'));
    commits = 0;
    const exec = Database.prototype.exec;
    vi.spyOn(Database.prototype, 'exec').mockImplementation(function (this: Database.Database, sql: string) {
      if (sql === 'COMMIT') commits += 1;
      return exec.call(this, sql);
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const expectCommits = (count: number) => expect(commits).toBe(name === 'memory' ? 0 : count);
  const notified = async () => (await store.notifications.list(9)).map(({ key }) => key).toSorted();

  test('a Follow is one commit, with what is marked before and after it', async () => {
    await applyEffects(
      store,
      [
        { type: 'store-follower', follower: follower('a') },
        { type: 'remove-follow-request', actor: follower('a').actor },
        told('follow'),
        { type: 'send', activity: activity('x'), inbox: INBOX, again: true },
      ],
      {
        ...OPTIONS,
        first: [() => store.inbound.markSeen('signature', 0)],
        last: [() => store.inbound.markSeen('id', 0)],
      },
    );
    expectCommits(1);
    expect(await store.followers.count()).toBe(1);
    expect(await store.deliveries.counts()).toMatchObject({ pending: 1 });
    expect([await store.inbound.seen('signature'), await store.inbound.seen('id')]).toEqual([true, true]);
  });

  test('what the store does not take is not announced; all else is', async () => {
    const other = by(author('b'), 'theirs');
    await store.interactions.put(other, author('b'));
    commits = 0;
    const effects = [told('before'), said('theirs'), said('mine'), told('of theirs', other.id)];
    await applyEffects(store, [...effects, told('of mine', interaction('mine').id), told('of none')], OPTIONS);
    expect(await notified()).toEqual(['before', 'of mine', 'of none']);
    // What came of the interaction is known once it is committed.
    expectCommits(2);
  });

  test('an interaction that nothing is told about is one commit with what comes after it', async () => {
    await applyEffects(store, [said('a'), told('of another', 'another')], OPTIONS);
    expectCommits(1);
    expect(await notified()).toEqual(['of another']);
  });

  test('a message that cannot be sealed → nothing beside it is stored', async () => {
    const who = { actor: 'a', handle: '@a@a.example' };
    const what = { about: [], text: [], attachments: [], published: AT, at: AT };
    const message: Message = { id: 'm', kind: 'message', ...who, ...what };
    const effects: Effect[] = [told('before'), { type: 'store-message', message }];
    await expect(applyEffects(store, effects, OPTIONS)).rejects.toMatchObject({ code: 'nothing-to-seal' });
    expect(await notified()).toEqual([]);
    expect(await store.messages.count()).toBe(0);
  });

  test('a follower is removed as the effects before it leave it, and its Follow is marked', async () => {
    const { actor, followId } = follower('a');
    const effects: Effect[] = [
      { type: 'store-follower', follower: follower('a') },
      { type: 'remove-follower', actor },
      { type: 'forget-actor', actor },
    ];
    await applyEffects(store, effects, OPTIONS);
    expect(await store.followers.get(actor)).toBeUndefined();
    expect(await store.inbound.seen(followId)).toBe(true);
    expectCommits(2);
  });
});
