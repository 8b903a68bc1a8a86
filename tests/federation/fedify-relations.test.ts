import { type Collection, Create, Note, Person, Question } from '@fedify/vocab';
import { describe, expect, test } from 'vitest';
import { buildCreate } from '../../federation/activities.ts';
import { buildActor } from '../../federation/actor.ts';
import { buildNote } from '../../federation/note.ts';
import { withTally } from '../../federation/question.ts';
import { withConsent } from '../../federation/quote.ts';
import { gather, OPTIONS, spki } from './fedify.ts';
import { ANN, BEA, known, WORDS } from './known.ts';
import { ADDRESSES, DEPS, KEYS, note, PROFILE } from './sample.ts';

const content = '<p>x</p>';
const POLL = { options: ['North', 'South'], multiple: false, ends: '2026-03-08T09:00:00Z' };

describe('Fedify reads what our objects say of others, offline', () => {
  test('a reply, its Mentions, and who hears of it', async () => {
    const document = buildNote(note({ inReplyTo: known(), mentions: [BEA] }), ADDRESSES, content);
    const create = await Create.fromJsonLd(buildCreate(DEPS, ADDRESSES, { document, digest: 'd' }).json, OPTIONS);
    const read = await create.getObject(OPTIONS);
    if (!(read instanceof Note)) throw new Error('the object is a Note');
    expect(read.replyTargetId?.href).toBe(WORDS.id);
    const tags = await gather(read.getTags(OPTIONS));
    expect(tags.map((tag) => [tag.constructor.name, 'href' in tag ? String(tag.href) : '', String(tag.name)])).toEqual([
      ['Mention', ANN.id, ANN.handle],
      ['Mention', BEA.id, BEA.handle],
    ]);
    for (const ids of [create.ccIds, read.ccIds])
      expect(ids.map(String)).toEqual([ADDRESSES.followers, ANN.id, BEA.id]);
  });

  test.each([false, true])('Question, multiple: %s', async (multiple) => {
    const built = buildNote(note({ poll: { ...POLL, multiple } }), ADDRESSES, content);
    const document = withTally(built, { votes: [2, 1], voters: 3 }, Date.parse(POLL.ends));
    const read = await Question.fromJsonLd(document, OPTIONS);
    const options = await gather(multiple ? read.getInclusiveOptions(OPTIONS) : read.getExclusiveOptions(OPTIONS));
    const votes = await Promise.all(options.map((option) => (option as Note).getReplies(OPTIONS)));
    expect(options.map((option) => String(option.name))).toEqual(POLL.options);
    expect(votes.map((each: Collection | null) => each?.totalItems)).toEqual([2, 1]);
    expect(read.voters).toBe(3);
    expect(read.endTime?.toString()).toBe(POLL.ends);
    expect(String(read.closed)).toBe(POLL.ends);
  });

  test('a quote with its stamp', async () => {
    const stamp = 'https://peer.example/stamps/1';
    const built = buildNote(note({ quotationOf: known() }), ADDRESSES, content);
    const read = await Note.fromJsonLd(withConsent(built, { quoted: WORDS.id, state: 'accepted', stamp }), OPTIONS);
    expect(read.quoteId?.href).toBe(WORDS.id);
    expect(read.quoteUrl?.href).toBe(WORDS.id);
    expect(read.quoteAuthorizationId?.href).toBe(stamp);
  });

  test('another language', async () => {
    const translation = { language: 'de', path: '/notes/de/', html: '<p>y</p>' };
    const post = note({ translations: [translation] });
    const document = buildNote(post, ADDRESSES, { html: content, translations: new Map([['de', '<p>y</p>']]) });
    const read = await Note.fromJsonLd(document, OPTIONS);
    const told = read.contents.map((each) =>
      typeof each === 'string' ? ['', each] : [String(each.locale), `${each}`],
    );
    expect(told).toContainEqual(['en', '<p>x</p>']);
    expect(told).toContainEqual(['de', '<p>y</p>']);
  });

  test('an actor that moved', async () => {
    const profile = { ...PROFILE, movedTo: 'https://new.example/me' };
    const document = buildActor(profile, ADDRESSES, { ...KEYS, publicKeyPem: await spki() });
    const read = await Person.fromJsonLd(document, OPTIONS);
    expect(read.successorId?.href).toBe('https://new.example/me');
  });
});
