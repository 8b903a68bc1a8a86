import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { act, boost, create, like, note, noteId, undo } from '../remote/activities.ts';
import { createFakeBlog, type FakeBlog } from '../remote/fake-blog.ts';
import type { Peer } from '../remote/fake-remote.ts';
import { STORES } from '../remote/stores.ts';

/** Every order of some things. */
function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => orders(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

type Story = (ann: Peer, ben: Peer) => readonly (readonly [Peer, JsonObject])[];

const undone = (ann: Peer, done: JsonObject) =>
  [
    [ann, done],
    [ann, undo(ann, done)],
  ] as const;

const edited = (peer: Peer) => note(peer, 'one', { content: 'Edited', updated: '2026-11-23T11:59:30Z' });

/** What was sent, and what is in the thread in the end, whichever came first. */
const STORIES: readonly (readonly [string, Story, string[]])[] = [
  ['a Like and its Undo', (ann) => undone(ann, like(ann)), []],
  ['an Announce and its Undo', (ann) => undone(ann, boost(ann)), []],
  [
    'a Create, its Update and its Delete',
    (ann) => [
      [ann, create(ann, note(ann, 'one'))],
      [ann, act(ann, 'Update', edited(ann))],
      [ann, act(ann, 'Delete', noteId(ann, 'one'))],
    ],
    [],
  ],
  [
    'a Create and its Update',
    (ann) => [
      [ann, create(ann, note(ann, 'one'))],
      [ann, act(ann, 'Update', edited(ann))],
    ],
    ['reply @ann@peer.test: Edited'],
  ],
  [
    'a reply, what answers it, and what answers that',
    (ann, ben) => [
      [ann, create(ann, note(ann, 'one'))],
      [ben, create(ben, note(ben, 'two', { inReplyTo: noteId(ann, 'one'), tag: mention() }))],
      [ann, create(ann, note(ann, 'three', { inReplyTo: noteId(ben, 'two'), tag: mention() }))],
    ],
    ['reply @ann@peer.test: one', 'reply @ann@peer.test: three', 'reply @ben@other.test: two'],
  ],
];

const mention = () => [{ type: 'Mention', href: 'https://blog.test/ap/actor.json' }];

describe.each(STORES)('whatever comes first, with the store in %s', (_name, open) => {
  it.each(STORIES)('%s → the same in the end, also when all of it comes twice', async (_story, story, expected) => {
    for (const order of orders([...story(...people(createFakeBlog())).keys()])) {
      const one = await open();
      const blog = createFakeBlog(one.blog);
      const sent = story(...people(blog));
      for (const index of [...order, ...order]) {
        const [peer, activity] = sent[index] ?? [];
        if (peer && activity) await blog.receive(peer.send(activity));
      }
      expect([...(await blog.thread())].sort(), order.join()).toEqual(expected);
      await one.close();
    }
  });
});

function people(blog: FakeBlog): [Peer, Peer] {
  return [blog.peer(), blog.peer({ host: 'other.test', name: 'ben' })];
}
