import {
  Article,
  Create,
  Delete,
  Note,
  OrderedCollection,
  OrderedCollectionPage,
  Person,
  Tombstone,
} from '@fedify/vocab';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildCreate, buildDelete } from '../../federation/activities.ts';
import { buildActor } from '../../federation/actor.ts';
import { buildArticle } from '../../federation/article.ts';
import { emitFederation } from '../../federation/emission.ts';
import { DEFAULT_POLICY } from '../../federation/manifest.ts';
import { buildNote } from '../../federation/note.ts';
import { DEFAULT_RULES } from '../../federation/rules.ts';
import { PUBLIC } from '../../federation/vocabulary.ts';
import { gather, OPTIONS, spki } from './fedify.ts';
import { ADDRESSES, article, CAT, DEPS, GATE, KEYS, note, PROFILE } from './sample.ts';

describe('Fedify reads our documents as JSON-LD, offline', () => {
  test('actor', async () => {
    const profile = { ...PROFILE, avatar: GATE, alsoKnownAs: ['https://old.example/@me'] };
    const actor = await Person.fromJsonLd(
      buildActor(profile, ADDRESSES, { ...KEYS, publicKeyPem: await spki() }),
      OPTIONS,
    );
    expect(actor.id?.href).toBe(ADDRESSES.actor);
    expect(actor.preferredUsername).toBe('blog');
    expect(actor.inboxId?.href).toBe(ADDRESSES.inbox);
    expect(actor.endpoints?.sharedInbox?.href).toBe(ADDRESSES.inbox);
    expect(actor.featuredId?.href).toBe(ADDRESSES.featured);
    expect(actor.manuallyApprovesFollowers).toBe(false);
    expect(actor.discoverable).toBe(true);
    expect(actor.indexable).toBe(true);
    expect(actor.aliasIds.map(String)).toEqual(['https://old.example/@me']);
    const key = await actor.getPublicKey(OPTIONS);
    expect(key?.id?.href).toBe(ADDRESSES.mainKey);
    expect(key?.ownerId?.href).toBe(ADDRESSES.actor);
    for await (const multikey of actor.getAssertionMethods(OPTIONS))
      expect(multikey.controllerId?.href).toBe(ADDRESSES.actor);
    expect(await gather(actor.getAssertionMethods(OPTIONS))).toHaveLength(1);
    const fields = await gather(actor.getAttachments(OPTIONS));
    expect(fields.map((field) => String(field.name))).toEqual(['Website', 'Motto']);
    expect((await actor.getIcon(OPTIONS))?.url?.toString()).toBe('https://blog.example/media/the%20gate.png');
  });

  test('Article', async () => {
    const post = article({
      image: GATE,
      pictures: [CAT],
      tags: [{ name: 'Gates', slug: 'gates' }],
      updated: '2026-03-02T00:00:00Z',
    });
    const read = await Article.fromJsonLd(buildArticle(post, ADDRESSES, '<p>x</p>'), OPTIONS);
    expect(read.id?.href).toBe('https://blog.example/ap/posts/first.json');
    expect(String(read.name)).toBe('The first gate');
    expect(read.contents.map(String)).toContain('<p>x</p>');
    expect(read.attributionId?.href).toBe(ADDRESSES.actor);
    expect(read.toIds.map(String)).toEqual([PUBLIC]);
    expect(read.published?.toString()).toBe('2026-03-01T09:00:00Z');
    expect(read.updated?.toString()).toBe('2026-03-02T00:00:00Z');
    expect(read.sensitive).toBe(false);
    expect(read.source?.mediaType).toBe('text/markdown');
    expect(read.repliesId?.href).toBe('https://blog.example/ap/posts/first/replies');
    expect(read.likesId?.href).toBe('https://blog.example/ap/posts/first/likes');
    const policy = await read.interactionPolicy?.canQuote;
    expect(policy?.automaticApprovals.map(String)).toEqual([PUBLIC]);
    const [tag] = await gather(read.getTags(OPTIONS));
    expect(String(tag?.name)).toBe('#Gates');
    const [picture] = await gather(read.getAttachments(OPTIONS));
    expect(picture).toMatchObject({ mediaType: 'image/jpeg', width: 1200 });
    expect((await read.getImage(OPTIONS))?.id?.href).toBe('https://blog.example/media/the%20gate.png');
  });

  test('Create and Delete', async () => {
    const document = buildNote(note({ contentWarning: 'Spiders' }), ADDRESSES, '<p>x</p>');
    const create = await Create.fromJsonLd(buildCreate(DEPS, ADDRESSES, { document, digest: 'd' }).json, OPTIONS);
    const object = await create.getObject(OPTIONS);
    expect(object).toBeInstanceOf(Note);
    expect(String(object?.summary)).toBe('Spiders');
    expect(create.actorId?.href).toBe(ADDRESSES.actor);
    const gone = {
      id: 'https://blog.example/ap/notes/n1.json',
      formerType: 'Note',
      deleted: '2026-03-03T00:00:00Z',
    } as const;
    const read = await Delete.fromJsonLd(buildDelete(DEPS, ADDRESSES, gone).json, OPTIONS);
    expect(await read.getObject(OPTIONS)).toBeInstanceOf(Tombstone);
  });

  test('outbox, its page and featured', async () => {
    const site = {
      profile: { ...PROFILE, origin: ADDRESSES.origin, showFollowers: false, policy: DEFAULT_POLICY },
      posts: [note(), article()],
      waiting: [],
      keys: KEYS,
      rules: DEFAULT_RULES,
    };
    const files = [...emitFederation(DEPS, site, { version: '1.0.0' })];
    const json = (path: string): unknown => JSON.parse(files.find((file) => file.path === path)?.json ?? '');
    const outbox = await OrderedCollection.fromJsonLd(json('/ap/outbox.json'), OPTIONS);
    expect(outbox.totalItems).toBe(2);
    const page = await OrderedCollectionPage.fromJsonLd(json('/ap/outbox/1.json'), OPTIONS);
    const items = await gather(page.getItems(OPTIONS));
    expect(items.map((item) => item.constructor.name)).toEqual(['Create', 'Create']);
    const featured = await OrderedCollection.fromJsonLd(json('/ap/featured.json'), OPTIONS);
    expect(featured.itemIds.map(String)).toEqual([
      'https://blog.example/ap/notes/n1.json',
      'https://blog.example/ap/posts/first.json',
    ]);
  });

  test('any title and warning arrive as they were written', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('</script>', '"quoted" & \\', '\u2028\u2029', '👩‍👩‍👧'),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (title, contentWarning) => {
        const document = buildArticle(article({ title, contentWarning }), ADDRESSES, '<p>x</p>');
        const read = await Article.fromJsonLd(JSON.parse(JSON.stringify(document)), OPTIONS);
        expect([String(read.name), String(read.summary)]).toEqual([title, contentWarning]);
      }),
      { numRuns: 30 },
    );
  });
});
