import { expect, test } from 'vitest';
import type { Consent, Vote } from '../../../server/store/account-store.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, collect, ORIGIN, POST } from './samples.ts';

const POLL = `${ORIGIN}/ap/notes/poll.json`;

/** What every adapter promises of what others answer to our posts. */
export function answerConformance(stores: () => Opened): void {
  votes(stores);
  crowds(stores);
  consents(stores);
  live(stores);
}

function vote(name: string, option: number, more: Partial<Vote> = {}): Vote {
  const actor = `https://${name}.example/users/${name}`;
  const inbox = `https://${name}.example/inbox`;
  return { poll: POLL, actor, option, multiple: false, inbox, at: '2026-03-01T10:00:00Z', ...more };
}

function votes(stores: () => Opened): void {
  test('where one may be chosen the first choice stands', async () => {
    const { store, other } = stores();
    expect(await store.answers.tally(POLL)).toEqual({ votes: [], voters: 0 });
    expect(await store.answers.vote(vote('a', 2))).toBe('counted');
    expect(await other.answers.vote(vote('a', 2))).toBe('ignored');
    expect(await other.answers.vote(vote('a', 0))).toBe('ignored');
    expect(await other.answers.vote(vote('b', 0))).toBe('counted');
    expect(await store.answers.tally(POLL)).toEqual({ votes: [1, 0, 1], voters: 2 });
    expect(await store.answers.tally(POST)).toEqual({ votes: [], voters: 0 });
  });

  test('where several may be chosen each option counts once for each voter, and the voter once', async () => {
    const { store, other } = stores();
    const choose = (name: string, option: number) => other.answers.vote(vote(name, option, { multiple: true }));
    expect(await choose('a', 0)).toBe('counted');
    expect(await choose('a', 3)).toBe('counted');
    expect(await choose('a', 0)).toBe('ignored');
    expect(await choose('b', 3)).toBe('counted');
    expect(await store.answers.tally(POLL)).toEqual({ votes: [1, 0, 0, 2], voters: 2 });
  });

  test('polls and voters are told apart, whatever their ids', async () => {
    const { store, other } = stores();
    await Promise.all(AWKWARD.map((poll) => store.answers.vote(vote('a', 1, { poll }))));
    await Promise.all(AWKWARD.map((actor) => store.answers.vote(vote('a', 1, { actor }))));
    const voters = await Promise.all(AWKWARD.map(async (poll) => (await other.answers.tally(poll)).voters));
    expect(voters).toEqual(AWKWARD.map(() => 1));
    expect(await other.answers.tally(POLL)).toEqual({ votes: [0, AWKWARD.length], voters: AWKWARD.length });
    expect(await store.answers.forgetObject(AWKWARD[0] ?? '')).toBe(1);
    expect((await other.answers.tally(AWKWARD[0] ?? '')).voters).toBe(0);
    expect((await other.answers.tally(AWKWARD[1] ?? '')).voters).toBe(1);
  });

  test('each inbox of the voters is told once', async () => {
    const { answers } = stores().store;
    const shared = 'https://big.example/inbox';
    for (const name of ['a', 'b', 'c']) await answers.vote(vote(name, 0, { inbox: shared }));
    await answers.vote(vote('d', 0));
    await answers.vote(vote('e', 0, { poll: POST }));
    expect((await answers.voterInboxes(POLL)).toSorted()).toEqual([shared, vote('d', 0).inbox]);
    expect(await answers.voterInboxes('none')).toEqual([]);
  });

  test('every vote that was counted can be walked over', async () => {
    const { store, other } = stores();
    expect(await collect(store.answers.votes())).toEqual([]);
    const both = [vote('m', 0, { multiple: true }), vote('m', 2, { multiple: true, at: '2026-03-02T10:00:00Z' })];
    const all = [vote('a', 1), ...both, vote('a', 1, { poll: POST }), vote('', 0, { poll: '', actor: '' })];
    for (const each of [...all, vote('a', 0)]) await store.answers.vote(each);
    const walked = await collect(other.answers.votes());
    expect(walked.map((each) => JSON.stringify(each)).toSorted()).toEqual(
      all.map((each) => JSON.stringify(each)).toSorted(),
    );
  });
}

function crowds(stores: () => Opened): void {
  test('of many votes of one voter at once, by two openings, one alone counts', async () => {
    const { store, other } = stores();
    const once = Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).answers.vote(vote('a', n % 3)));
    expect((await Promise.all(once)).filter((each) => each === 'counted')).toHaveLength(1);
    const several = Array.from({ length: 20 }, (_, n) =>
      (n % 2 ? store : other).answers.vote(vote('b', n % 4, { multiple: true })),
    );
    expect((await Promise.all(several)).filter((each) => each === 'counted')).toHaveLength(4);
    const { votes: counted, voters } = await store.answers.tally(POLL);
    expect(voters).toBe(2);
    expect(counted.reduce((total, count) => total + count, 0)).toBe(5);
  });

  test('of hundreds of voters at once each counts', async () => {
    const { store, other } = stores();
    const all = Array.from({ length: 600 }, (_, n) =>
      (n % 2 ? store : other).answers.vote(vote(`n${n}`, n % 2, { inbox: `https://s${n % 50}.example/inbox` })),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['counted']));
    expect(await other.answers.tally(POLL)).toEqual({ votes: [300, 300], voters: 600 });
    expect(await store.answers.voterInboxes(POLL)).toHaveLength(50);
    expect(new Set((await collect(other.answers.votes())).map(({ actor }) => actor)).size).toBe(600);
    expect(await store.answers.forgetObject(POLL)).toBe(600);
    expect(await other.answers.tally(POLL)).toEqual({ votes: [], voters: 0 });
  });
}

function consent(object: string, more: Partial<Consent> = {}): Consent {
  return { object, quoted: 'https://remote.example/1', state: 'rejected', at: '2026-03-01T10:00:00Z', ...more };
}

function consents(stores: () => Opened): void {
  test('the answer to a quote is kept by the post that quotes; an older one changes nothing', async () => {
    const { store, other } = stores();
    expect(await store.answers.consent(POST)).toBeUndefined();
    const accepted = consent(POST, { state: 'accepted', stamp: 'https://remote.example/stamps/1' });
    await store.answers.putConsent(accepted);
    expect(await other.answers.consent(POST)).toEqual(accepted);
    await other.answers.putConsent(consent(POST, { at: '2026-03-01T09:59:59.999Z' }));
    expect(await store.answers.consent(POST)).toEqual(accepted);
    const revoked = consent(POST, { state: 'revoked', at: '2026-03-01T10:00:00.5Z' });
    await other.answers.putConsent(revoked);
    expect(await store.answers.consent(POST)).toEqual(revoked);
    await store.answers.putConsent(consent(POST, { at: revoked.at }));
    expect((await other.answers.consent(POST))?.state).toBe('rejected');
  });

  test('a consent is found by its stamp, as long as it has it', async () => {
    const { store, other } = stores();
    for (const id of AWKWARD) await store.answers.putConsent(consent(id, { state: 'accepted', stamp: `${id}!` }));
    for (const id of AWKWARD) expect((await other.answers.consentByStamp(`${id}!`))?.object).toBe(id);
    await store.answers.putConsent(consent('none'));
    expect(await store.answers.consentByStamp('')).toBeUndefined();
    await store.answers.putConsent(consent('é', { state: 'accepted', stamp: 'new' }));
    expect(await other.answers.consentByStamp('é!')).toBeUndefined();
    expect((await other.answers.consentByStamp('new'))?.object).toBe('é');
    const all = (await collect(other.answers.consents())).map(({ object }) => object);
    expect(all.toSorted()).toEqual([...AWKWARD, 'none'].toSorted());
  });
}

function live(stores: () => Opened): void {
  test('what was told last of an object is known, beside its consent, until the object is forgotten', async () => {
    const { store, other } = stores();
    for (const id of AWKWARD) expect(await store.answers.told(id)).toBeUndefined();
    for (const id of AWKWARD) await store.answers.setTold(id, 'first');
    for (const id of AWKWARD) await store.answers.putConsent(consent(id));
    for (const id of AWKWARD) await other.answers.setTold(id, `${id}!`);
    for (const id of AWKWARD) {
      expect(await store.answers.told(id)).toBe(`${id}!`);
      expect(await other.answers.consent(id)).toEqual(consent(id));
      expect(await store.answers.forgetObject(id)).toBe(0);
      expect(await other.answers.told(id)).toBeUndefined();
      expect(await other.answers.consent(id)).toBeUndefined();
    }
  });

  test('of what is written at once about one object nothing is lost', async () => {
    const { store, other } = stores();
    await Promise.all([
      store.answers.setTold(POST, 'told'),
      other.answers.putConsent(consent(POST)),
      store.answers.vote(vote('a', 0, { poll: POST })),
    ]);
    expect(await store.answers.told(POST)).toBe('told');
    expect(await store.answers.consent(POST)).toEqual(consent(POST));
    expect(await other.answers.forgetObject(POST)).toBe(1);
  });
}
