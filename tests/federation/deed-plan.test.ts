import { describe, expect, test } from 'vitest';
import type { ManifestObject } from '../../federation/manifest.ts';
import type { Plan } from '../../federation/plan.ts';
import { DEFAULT_RULES } from '../../federation/rules.ts';
import { ANN, confirm, deed, entry, id, ledger, manifest, NOTE, plan, told, toldDeed } from './plan-samples.ts';

const typesOf = ({ activities }: Plan) => activities.map(({ type }) => type);
const AHEAD = '2026-12-01T00:00:00Z';

describe('done and undone', () => {
  test.each(['Like', 'Announce', 'Follow'] as const)(
    '%s: new → sent; gone → Undo; there again → sent, one revision on',
    (type) => {
      const built = deed(type, NOTE);
      expect(plan(manifest([built]), ledger([])).activities).toMatchObject([{ type, entry: built, revision: 0 }]);
      const known = toldDeed(type, NOTE, { revision: 2 });
      expect(plan(manifest([built]), ledger([known]))).toMatchObject({ activities: [], quiet: [], holds: [] });
      expect(plan(manifest([]), ledger([known])).activities).toMatchObject([
        { type: 'Undo', of: type, id: known.id, object: NOTE, title: known.title, revision: 2 },
      ]);
      const undone = { ...known, state: 'deleted' } as const;
      expect(plan(manifest([]), ledger([undone])).activities).toEqual([]);
      expect(plan(manifest([built]), ledger([undone]))).toMatchObject({
        activities: [{ type, revision: 3, published: '2026-11-23T12:00:00Z' }],
        holds: [],
      });
    },
  );

  test('a deed of another digest tells nothing: the ledger takes it', () => {
    const built = deed('Like', NOTE, { digest: 'other' });
    const { activities, quiet } = plan(manifest([built]), ledger([toldDeed('Like', NOTE)]));
    expect(activities).toEqual([]);
    expect(quiet).toMatchObject([{ entry: { digest: 'other' } }]);
  });

  test('in order: Undos with the Deletes, then posts, then deeds, and requests to quote at last', () => {
    const quoting = entry('quoting');
    const built = manifest([deed('QuoteRequest', NOTE), deed('Like', NOTE), quoting, deed('Follow', ANN.actor)]);
    const known = ledger([toldDeed('Announce', NOTE), told('gone', { published: '2026-11-01T00:00:00Z' })]);
    const { activities } = plan(built, known);
    expect(activities.map(({ type }) => type)).toEqual(['Delete', 'Undo', 'Create', 'Like', 'Follow', 'QuoteRequest']);
  });

  test('a like that is dated ahead waits, and so it does where one was undone before', () => {
    const built = deed('Like', NOTE, { published: AHEAD });
    for (const known of [[], [toldDeed('Like', NOTE, { state: 'deleted' })]]) {
      const { activities, waiting } = plan(manifest([built]), ledger(known));
      expect(activities).toEqual([]);
      expect(waiting).toMatchObject([{ id: built.id, until: AHEAD }]);
    }
  });

  test('a like that was sent and is dated ahead now is undone until then: nothing is lost by it', () => {
    const scheduled = [{ ...deed('Like', NOTE, { published: AHEAD }), comesAt: Date.parse(AHEAD) }];
    const made = plan(manifest([]), ledger([toldDeed('Like', NOTE)]), { scheduled });
    expect(made).toMatchObject({ activities: [{ type: 'Undo' }], holds: [] });
  });

  test('nobody follows themselves, or whom they block; what was followed before stays until the line goes', () => {
    const me = 'https://blog.example/ap/actor.json';
    const blocks = {
      accounts: [],
      hosts: [{ name: 'there.example', severity: 'block' as const, source: 'blocks.csv' }],
    };
    const built = manifest([deed('Follow', me), deed('Follow', ANN.actor)]);
    expect(typesOf(plan(built, ledger([])))).toEqual(['Follow']);
    expect(typesOf(plan(built, ledger([]), { blocks }))).toEqual([]);
    expect(typesOf(plan(built, ledger([toldDeed('Follow', ANN.actor)]), { blocks }))).toEqual([]);
    expect(typesOf(plan(built, ledger([]), { blocks: DEFAULT_RULES.blocks }))).toEqual(['Follow']);
  });
});

describe('quietly', () => {
  test('federate: silent, and what is dated before federation began → the ledger takes it, and forgets it without a word', () => {
    const silent = deed('Like', NOTE, { federate: 'silent' });
    const old = deed('Announce', NOTE, { published: '2020-01-01T00:00:00Z' });
    const made = plan(manifest([silent, old]), ledger([]));
    expect(made).toMatchObject({ activities: [], quiet: [{ entry: silent }, { entry: old }] });
    const gone = plan(manifest([]), ledger([toldDeed('Like', NOTE, { state: 'baseline' })]));
    expect(gone).toMatchObject({
      activities: [],
      quiet: [{ entry: { state: 'baseline' }, gone: '2026-11-23T12:00:00Z' }],
    });
  });

  test('a line of following.csv has no date: it is sent however old it says to be', () => {
    const built = deed('Follow', ANN.actor, { published: '1970-01-01T00:00:00Z' });
    expect(plan(manifest([built]), ledger([]))).toMatchObject({ activities: [{ published: '2026-11-23T12:00:00Z' }] });
    expect(typesOf(plan(manifest([{ ...built, published: AHEAD }]), ledger([])))).toEqual(['Follow']);
  });

  test('the baseline names those whom the next publish follows', () => {
    const built = manifest([deed('Follow', ANN.actor), deed('Like', NOTE), entry('a')]);
    expect(plan(built, undefined)).toMatchObject({ baseline: true, activities: [], follows: ['@ann@there.example'] });
  });

  test('a request to quote of a post that is told to nobody is as quiet as it is', () => {
    const request = deed('QuoteRequest', NOTE);
    const silent = entry('quoting', { federate: 'silent' });
    expect(plan(manifest([silent, request]), ledger([])).quiet).toMatchObject([{ entry: silent }, { entry: request }]);
    const made = plan(manifest([entry('quoting'), request]), ledger([told('quoting', { state: 'baseline' })]));
    expect(made).toMatchObject({ activities: [], quiet: [{ entry: request }] });
  });

  test('a quote that is gone, or whose post is deleted, takes its request with it and tells nobody so', () => {
    const known = [told('quoting'), toldDeed('QuoteRequest', NOTE)];
    const edited = plan(manifest([entry('quoting', { digest: 'without' })]), ledger(known));
    expect(typesOf(edited)).toEqual(['Update']);
    expect(edited.quiet).toMatchObject([{ entry: { type: 'QuoteRequest' }, gone: expect.any(String) }]);
    expect(typesOf(plan(manifest([]), ledger(known)))).toEqual(['Delete']);
  });
});

describe('held', () => {
  const unresolved = (more: Partial<ManifestObject> = {}) => ({ unresolved: ['https://gone.example/1'], ...more });

  test('a post that names what nobody could resolve: new or changed, until it is resolved or the owner says so', () => {
    const built = [entry('new', unresolved()), entry('known', unresolved({ digest: 'other' }))];
    const known = ledger([told('known')]);
    const held = plan(manifest(built), known);
    expect(held).toMatchObject({ activities: [], holds: [{ code: 'unresolved', ids: [id('new'), id('known')] }] });
    expect(held.holds[0]?.why).toContain('https://gone.example/1');
    expect(typesOf(plan(manifest(built), known, confirm(id('new'))))).toEqual(['Create']);
    expect(typesOf(plan(manifest(built), known, confirm('unresolved')))).toEqual(['Update', 'Create']);
    expect(plan(manifest([entry('known', unresolved())]), known)).toMatchObject({ activities: [], holds: [] });
  });

  test('a deed without its object: nothing releases it', () => {
    const { object: _, ...rest } = deed('Like', NOTE);
    const built = { ...rest, ...unresolved() };
    const made = plan(manifest([built]), ledger([]), confirm('unresolved', built.id));
    expect(made).toMatchObject({ activities: [], holds: [{ code: 'unresolved', ids: [built.id] }] });
    expect(made.holds[0]?.release).not.toContain('--confirm');
  });

  test('a quote that nobody could resolve is held once, with its post; a quiet deed waits without a word', () => {
    const { object: _, ...rest } = deed('QuoteRequest', NOTE);
    const [post, request] = [entry('quoting', unresolved()), { ...rest, ...unresolved() }];
    expect(plan(manifest([post, request]), ledger([])).holds).toMatchObject([
      { code: 'unresolved', ids: [post.id, request.id] },
    ]);
    const released = plan(manifest([post, request]), ledger([]), confirm(post.id));
    expect(typesOf(released)).toEqual(['Create']);
    expect(released.holds).toMatchObject([{ code: 'unresolved', ids: [request.id] }]);
    const silent = { ...deed('Like', NOTE, { federate: 'silent' }), ...unresolved() };
    expect(plan(manifest([silent]), ledger([]))).toMatchObject({ activities: [], quiet: [], holds: [] });
  });

  test('somebody who could not be resolved this time is followed still, and so is what a file liked', () => {
    const follow = { ...deed('Follow', ANN.actor), id: `${id('x')}1`, digest: 'x', unresolved: ['@ann@there.example'] };
    const like = { ...deed('Like', NOTE), id: `${id('x')}2`, digest: 'x', unresolved: [NOTE] };
    const known = ledger([toldDeed('Follow', ANN.actor), toldDeed('Like', NOTE)]);
    const made = plan(manifest([follow, like]), known);
    expect(made).toMatchObject({ activities: [], holds: [{ code: 'unresolved', ids: [like.id] }] });
    const another = { ...follow, title: '@ben@there.example' };
    expect(typesOf(plan(manifest([another]), known))).toEqual(['Undo', 'Undo']);
  });

  test('what a renamed file liked and nobody could resolve this time stays liked, and so does nothing else', () => {
    const { object: _, ...rest } = deed('Like', NOTE, { source: 'notes/renamed.md' });
    const built = { ...rest, id: `${id('x')}2`, unresolved: ['https://there.example/@ann/1'] };
    const elsewhere = toldDeed('Like', 'https://elsewhere.example/notes/2');
    const made = plan(manifest([built]), ledger([toldDeed('Like', NOTE), toldDeed('Announce', NOTE), elsewhere]));
    expect(made.activities).toHaveLength(2);
    expect(made.activities).toContainEqual(expect.objectContaining({ type: 'Undo', of: 'Announce' }));
    expect(made.activities).toContainEqual(expect.objectContaining({ type: 'Undo', object: elsewhere.object }));
    // Of a file that was not renamed it is known what it did.
    const same = { ...built, source: 'notes/like-2.md' };
    const known = ledger([toldDeed('Like', NOTE), toldDeed('Like', 'https://there.example/notes/2')]);
    expect(plan(manifest([same]), known).activities).toMatchObject([{ type: 'Undo', object: NOTE }]);
  });

  test('a poll that changed after it was told, a note that became one or was one: no word releases it', () => {
    const poll = (digest: string) => ({ type: 'Question' as const, digest, pollDigest: digest });
    const cases = [
      [entry('p', poll('b')), told('p', poll('a'))],
      [entry('p', poll('b')), told('p', { type: 'Note' })],
      [entry('p', { type: 'Note', digest: 'b' }), told('p', poll('a'))],
      [entry('p', { ...poll('b'), federate: 'update' }), told('p', poll('a'))],
      [entry('p', { ...poll('b'), federate: 'silent' }), told('p', poll('a'))],
    ] as const;
    for (const [built, known] of cases) {
      const made = plan(manifest([built]), ledger([known]), confirm('poll-changed', id('p')));
      expect(made).toMatchObject({ activities: [], quiet: [], holds: [{ code: 'poll-changed', ids: [id('p')] }] });
    }
    const [built, known] = cases[0];
    expect(typesOf(plan(manifest([built]), ledger([{ ...known, state: 'baseline' }])))).toEqual(['Update']);
    const edited = entry('p', { ...poll('a'), digest: 'text', ends: AHEAD });
    expect(typesOf(plan(manifest([edited]), ledger([known])))).toEqual(['Update']);
  });

  test('a request to quote is held with its post, in its hold, and released with it', () => {
    const post = entry('quoting', { published: '2026-11-10T00:00:00Z' });
    const request = deed('QuoteRequest', NOTE);
    const built = manifest([post, request]);
    const held = plan(built, ledger([]));
    expect(held).toMatchObject({ activities: [], holds: [{ code: 'backdated', ids: [post.id, request.id] }] });
    expect(typesOf(plan(built, ledger([]), confirm(post.id)))).toEqual(['Create', 'QuoteRequest']);
    expect(typesOf(plan(built, ledger([]), confirm(request.id)))).toEqual([]);
  });

  test('an account that moves: neither its Update nor the Move, until it is confirmed; posts go on', () => {
    const target = 'https://there.example/users/me';
    const built = manifest([entry('a')]);
    const moving = { ...built, actor: { ...built.actor, digest: 'moved', movedTo: target } };
    const held = plan(moving, ledger([]));
    expect(typesOf(held)).toEqual(['Create']);
    expect(held.holds).toMatchObject([{ code: 'account-move', ids: [built.actor.id] }]);
    const made = plan(moving, ledger([]), confirm('account-move'));
    expect(made.activities).toMatchObject([
      { type: 'UpdateActor', movedTo: target },
      { type: 'Create' },
      { type: 'Move', target, revision: 1 },
    ]);
    // Cut short between the two, the Move is the same.
    const actor = { id: built.actor.id, digest: 'moved', revision: 1 };
    expect(plan(moving, ledger([told('a')], { actor }), confirm('account-move')).activities).toMatchObject([
      { type: 'Move', revision: 1 },
    ]);
    const done = { ...actor, movedTo: target };
    expect(plan(moving, ledger([told('a')], { actor: done }))).toMatchObject({ activities: [], holds: [] });
    const [back] = plan(built, ledger([told('a')], { actor: done })).activities;
    expect(back).toMatchObject({ type: 'UpdateActor', why: expect.stringContaining('do not come back') });
  });
});
