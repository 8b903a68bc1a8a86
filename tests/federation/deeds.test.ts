import { describe, expect, test } from 'vitest';
import { addressesOf } from '../../federation/addresses.ts';
import {
  buildAnnounce,
  buildMove,
  buildPersonal,
  buildQuoteRequest,
  buildUndo,
  deedActivityId,
  deedOf,
  isDeedId,
} from '../../federation/deeds.ts';
import { isJsonObject, PUBLIC } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { ANN, deed, id, NOTE, ORIGIN } from './plan-samples.ts';

const DEPS = { sha256: sha256Hex };
const ADDRESSES = addressesOf(ORIGIN);
const PUBLISHED = '2026-11-23T12:00:00Z';
const done = (entry: ReturnType<typeof deed>, revision = 0) => ({ entry, revision, published: PUBLISHED });

describe('what is sent', () => {
  test('a Like: the id of what is liked, to its author alone', () => {
    const entry = deed('Like', NOTE);
    const like = buildPersonal(DEPS, ADDRESSES, 'Like', done(entry));
    expect(like).toEqual({
      id: like.id,
      type: 'Like',
      object: entry.id,
      json: {
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: like.id,
        type: 'Like',
        actor: ADDRESSES.actor,
        object: NOTE,
        to: [ANN.actor],
      },
    });
    expect(like.id).toMatch(/^https:\/\/blog\.example\/ap\/activities\/like\/[0-9a-f]{32}$/);
  });

  test('a Follow: of the actor, to the actor', () => {
    const { json } = buildPersonal(DEPS, ADDRESSES, 'Follow', done(deed('Follow', ANN.actor)));
    expect(json).toMatchObject({ type: 'Follow', object: ANN.actor, to: [ANN.actor] });
    expect(json).not.toHaveProperty('published');
  });

  test('an Announce: to everybody, and to followers and the author; an unlisted one to followers first', () => {
    const { json } = buildAnnounce(DEPS, ADDRESSES, done(deed('Announce', NOTE)));
    expect(json).toMatchObject({
      type: 'Announce',
      object: NOTE,
      published: PUBLISHED,
      to: [PUBLIC],
      cc: [ADDRESSES.followers, ANN.actor],
    });
    const quiet = buildAnnounce(DEPS, ADDRESSES, done(deed('Announce', NOTE, { visibility: 'unlisted' })));
    expect(quiet.json).toMatchObject({ to: [ADDRESSES.followers], cc: [PUBLIC, ANN.actor] });
  });

  test('a QuoteRequest has the post that quotes inside, and its terms', () => {
    const quoting = {
      '@context': ['https://www.w3.org/ns/activitystreams', { sensitive: 'as:sensitive' }],
      ...{ id: id('quoting'), type: 'Note', published: PUBLISHED, quote: NOTE },
    };
    const { json } = buildQuoteRequest(DEPS, ADDRESSES, { ...done(deed('QuoteRequest', NOTE)), quoting });
    expect(json).toMatchObject({
      '@context': [
        'https://www.w3.org/ns/activitystreams',
        { sensitive: 'as:sensitive' },
        { QuoteRequest: 'https://w3id.org/fep/044f#QuoteRequest' },
      ],
      type: 'QuoteRequest',
      object: NOTE,
      instrument: { id: id('quoting'), type: 'Note', published: PUBLISHED, quote: NOTE },
      to: [ANN.actor],
    });
    expect(json.instrument).not.toHaveProperty('@context');
  });

  test('a post that is too large stands as its id in a QuoteRequest', () => {
    const quoting = {
      id: id('quoting'),
      type: 'Note',
      url: `${ORIGIN}/`,
      name: 'x'.repeat(70_000),
      published: PUBLISHED,
    };
    const { json } = buildQuoteRequest(DEPS, ADDRESSES, { ...done(deed('QuoteRequest', NOTE)), quoting });
    expect(json.instrument).toBe(id('quoting'));
  });

  test('a Move: from the account to the other one, to the followers', () => {
    const target = 'https://there.example/users/me';
    const { json, object } = buildMove(DEPS, ADDRESSES, { target, revision: 3, published: PUBLISHED });
    expect(object).toBe(ADDRESSES.actor);
    const { actor } = ADDRESSES;
    expect(json).toMatchObject({ type: 'Move', actor, object: actor, target, to: [ADDRESSES.followers] });
  });
});

describe('what is undone', () => {
  const entry = deed('Announce', NOTE);
  const undone = {
    of: 'Announce',
    id: entry.id,
    object: NOTE,
    revision: 0,
    visibility: 'public',
    published: PUBLISHED,
  } as const;
  const sent = buildAnnounce(DEPS, ADDRESSES, done(entry));

  test('an Undo has the whole activity inside as it was sent, and goes where it went', () => {
    const undo = buildUndo(DEPS, ADDRESSES, undone, sent.json);
    const { '@context': _, ...inside } = sent.json;
    expect(undo.object).toBe(entry.id);
    expect(undo.json).toMatchObject({
      type: 'Undo',
      actor: ADDRESSES.actor,
      object: inside,
      to: sent.json.to,
      cc: sent.json.cc,
    });
  });

  test('without what was sent it is made anew, with the same ids', () => {
    const undo = buildUndo(DEPS, ADDRESSES, undone, undefined);
    expect(undo.id).toBe(buildUndo(DEPS, ADDRESSES, undone, sent.json).id);
    expect(undo.json.object).toMatchObject({ id: sent.id, type: 'Announce', actor: ADDRESSES.actor, object: NOTE });
    const like = { ...undone, ...deedOf(DEPS, ORIGIN, { type: 'Like', object: NOTE }), of: 'Like' } as const;
    const inside = buildUndo(DEPS, ADDRESSES, like, undefined).json.object;
    expect(isJsonObject(inside) && Object.keys(inside)).toEqual(['id', 'type', 'actor', 'object']);
  });
});

describe('ids', () => {
  test('the same thing is one deed, whichever file says it; another deed or object is another', () => {
    const one = deedOf(DEPS, ORIGIN, { type: 'Like', object: NOTE });
    expect(deed('Like', NOTE, { source: 'notes/other.md' })).toMatchObject(one);
    const others = [
      deedOf(DEPS, ORIGIN, { type: 'Announce', object: NOTE }),
      deedOf(DEPS, ORIGIN, { type: 'Like', object: `${NOTE}0` }),
      deedOf(DEPS, ORIGIN, { type: 'QuoteRequest', object: NOTE, instrument: id('a') }),
      deedOf(DEPS, ORIGIN, { type: 'QuoteRequest', object: NOTE, instrument: id('b') }),
    ];
    expect(new Set([one, ...others].map((each) => each.id)).size).toBe(5);
    expect(new Set([one, ...others].map((each) => each.digest)).size).toBe(5);
    expect([one, ...others].every((each) => isDeedId(each.id))).toBe(true);
    expect(isDeedId(id('a'))).toBe(false);
  });

  test('done again, it is another activity; built again, the same', () => {
    const entry = deed('Like', NOTE);
    const ids = [0, 1, 2].map((revision) => buildPersonal(DEPS, ADDRESSES, 'Like', done(entry, revision)).id);
    expect(new Set(ids).size).toBe(3);
    expect(deedActivityId(DEPS, ORIGIN, { type: 'Like', id: entry.id, revision: 1 })).toBe(ids[1]);
    const later = { entry: { ...entry, addressees: [] }, revision: 1, published: '2026-12-01T00:00:00Z' };
    expect(buildPersonal(DEPS, ADDRESSES, 'Like', later).id).toBe(ids[1]);
  });
});
