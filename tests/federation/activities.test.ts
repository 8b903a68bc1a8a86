import { describe, expect, test } from 'vitest';
import {
  buildActorUpdate,
  buildCreate,
  buildDelete,
  buildTombstone,
  buildUpdate,
  type ToldObject,
} from '../../federation/activities.ts';
import { buildActor } from '../../federation/actor.ts';
import { buildArticle } from '../../federation/article.ts';
import { emitPost } from '../../federation/object-emission.ts';
import { PUBLIC } from '../../federation/vocabulary.ts';
import { ADDRESSES, article, DEPS, KEYS, PROFILE } from './sample.ts';

const told = (changes: Parameters<typeof article>[0] = {}, digest = 'one'): ToldObject => ({
  document: buildArticle(article(changes), ADDRESSES, '<p>x</p>'),
  digest,
});
const TIMES = { published: '2026-03-01T09:00:00Z', updated: '2026-03-05T09:00:00Z', revision: 1 };

describe('ids (invariant 2)', () => {
  test('the same Create, built twice → one id, whatever the time', () => {
    expect(buildCreate(DEPS, ADDRESSES, told(), { published: '2026-04-01T00:00:00Z' }).id).toBe(
      buildCreate(DEPS, ADDRESSES, told()).id,
    );
  });
  test('the Create of the outbox and the one that is sent have one id', () => {
    const { create, entry, file } = emitPost(DEPS, ADDRESSES, article());
    const sent = buildCreate(DEPS, ADDRESSES, { document: JSON.parse(file.json), digest: entry.digest });
    const { '@context': _, ...withoutContext } = sent.json;
    expect(withoutContext).toEqual(JSON.parse(create));
  });
  test('other text, other revision, other object, other type → another id', () => {
    const ids = [
      buildCreate(DEPS, ADDRESSES, told()).id,
      buildCreate(DEPS, ADDRESSES, told({}, 'two')).id,
      buildCreate(DEPS, ADDRESSES, told({ key: 'second' })).id,
      buildUpdate(DEPS, ADDRESSES, told(), TIMES).id,
      buildUpdate(DEPS, ADDRESSES, told(), { ...TIMES, revision: 2 }).id,
      buildUpdate(DEPS, ADDRESSES, told({}, 'two'), TIMES).id,
      buildDelete(DEPS, ADDRESSES, { id: String(told().document.id), formerType: 'Article', deleted: TIMES.updated })
        .id,
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^https:\/\/blog\.example\/ap\/activities\/(create|update|delete)\/[0-9a-f]{32}$/);
  });
});

describe('times', () => {
  test('trap 1: a Create can say when it was published', () => {
    const { json } = buildCreate(DEPS, ADDRESSES, told(), { published: '2026-03-01T15:30:00Z' });
    expect(json).toMatchObject({ published: '2026-03-01T15:30:00Z', object: { published: '2026-03-01T15:30:00Z' } });
  });
  test('trap 10: then an updated from before that is not told', () => {
    const { json } = buildCreate(DEPS, ADDRESSES, told({ updated: '2026-03-01T10:00:00Z' }), {
      published: '2026-03-01T15:30:00Z',
    });
    expect(json.object).not.toHaveProperty('updated');
  });
  test('an Update tells both times, next to each other', () => {
    const { json } = buildUpdate(DEPS, ADDRESSES, told(), TIMES);
    expect(json).toMatchObject({
      published: TIMES.updated,
      object: { published: TIMES.published, updated: TIMES.updated },
    });
    expect(Object.keys(Object(json.object)).indexOf('updated')).toBe(
      Object.keys(Object(json.object)).indexOf('published') + 1,
    );
  });
});

test('activity and object have the same to and cc; the context stands once', () => {
  for (const visibility of ['public', 'unlisted'] as const) {
    const document = told({ visibility });
    for (const { json } of [buildCreate(DEPS, ADDRESSES, document), buildUpdate(DEPS, ADDRESSES, document, TIMES)]) {
      expect(json.object).toMatchObject({ to: json.to, cc: json.cc });
      expect(json['@context']).toEqual(document.document['@context']);
      expect(json.object).not.toHaveProperty('@context');
    }
  }
});

test('a Delete has a Tombstone with the former type (Misskey), as the id answers afterwards', () => {
  const gone = {
    id: 'https://blog.example/ap/notes/n1.json',
    formerType: 'Note',
    deleted: '2026-03-03T00:00:00Z',
  } as const;
  const { json, object } = buildDelete(DEPS, ADDRESSES, gone);
  expect(json).toMatchObject({ type: 'Delete', actor: ADDRESSES.actor, to: [PUBLIC], cc: [ADDRESSES.followers] });
  expect(buildTombstone(gone)).toEqual({ '@context': 'https://www.w3.org/ns/activitystreams', ...Object(json.object) });
  expect(object).toBe(gone.id);
});

test('an Update of the actor carries the whole actor', () => {
  const document = buildActor(PROFILE, ADDRESSES, KEYS);
  const { json } = buildActorUpdate(
    DEPS,
    ADDRESSES,
    { document, digest: 'd' },
    { updated: TIMES.updated, revision: 1 },
  );
  expect({ '@context': json['@context'], ...Object(json.object) }).toEqual(document);
  expect(json).toMatchObject({ type: 'Update', to: [PUBLIC], cc: [ADDRESSES.followers] });
});
