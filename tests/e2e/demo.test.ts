import { beforeAll, expect, test } from 'vitest';
import type { Step } from '../../scripts/demo/scene.ts';
import { tellStory } from '../../scripts/demo/story.ts';

interface Told {
  readonly type: string;
  readonly id: string;
  readonly actor: string;
  readonly json: { readonly object?: unknown };
}

function text(value: unknown): string {
  return JSON.stringify(value);
}

const steps: Step[] = [];
beforeAll(() => tellStory((step) => steps.push(step)), 300_000);

test('the demo: a Fedify server looks the blog up, follows it, and gets a post, its edit and its removal', () => {
  const told = (word: string): Told => {
    const step = steps.find(({ text, detail }) => text.includes(word) && detail !== undefined);
    expect(step, `a step that tells of ${word}`).toBeDefined();
    return step?.detail as Told;
  };

  const [accept, create, update, removal] = ['Accept', 'Create', 'Update', 'Delete'].map(told);
  const actor = accept?.actor ?? '';
  expect(actor).toMatch(/^https:\/\/localhost:\d+\/ap\/actor\.json$/);
  expect([accept, create, update, removal].map((activity) => [activity?.type, activity?.actor])).toEqual([
    ['Accept', actor],
    ['Create', actor],
    ['Update', actor],
    ['Delete', actor],
  ]);
  expect(text(create?.json)).toContain('The first words that travel.');
  expect(text(create?.json)).not.toContain('Written before anyone followed');
  expect(text(update?.json)).toContain('The first words that travel, mended.');
  expect(text(removal?.json)).toContain('/ap/posts/hello.json');
  expect(new Set([create, update, removal].map((activity) => activity?.id)).size).toBe(3);

  const gone = steps.find(({ text }) => text.includes('answers 410'));
  expect(gone?.detail).toMatchObject({ status: 410, json: { type: 'Tombstone', formerType: 'Article' } });
  expect(steps.find(({ text }) => text.startsWith('npm run publish once more'))?.text).toContain('nothing to send');
  expect(steps.at(-1)?.detail).toEqual({ creates: 1 });
});

/** The line below the post that counts, after each step that changed the page. */
function countsAfter(words: string): string | undefined {
  const step = steps.find(({ text, detail }) => text.includes(words) && Object.hasOwn(Object(detail), 'page'));
  return (step?.detail as { page: string } | undefined)?.page.split('\n')[0];
}

test('the demo: what two Fedify servers reply, like, boost and quote is on the page until it is taken back or hidden', () => {
  expect(
    [
      'replied (Create)',
      'deleted the reply (Delete)',
      'forwarded what the reader answered',
      'forwarded with its words changed',
      'reacted (EmojiReact)',
      'took the like back (Undo)',
      'fetched the stamp',
      'reply is hidden',
      'quote is gone',
      'to the blog alone',
    ].map(countsAfter),
  ).toEqual([
    '1 reply',
    'No replies yet.',
    '2 replies',
    '3 replies',
    '3 replies · 2 likes · 1 boost',
    '3 replies · 1 like · 1 boost',
    '3 replies · 1 quote · 1 like · 1 boost',
    '1 quote · 1 like · 1 boost',
    '1 like · 1 boost',
    '1 like · 1 boost',
  ]);
  const walked = steps.flatMap(({ text }) => /walked through .*: (.*)\.$/.exec(text)?.[1] ?? []);
  expect(walked).toEqual(['3 in replies, 2 in likes, 1 in shares', '0 in replies, 1 in likes, 1 in shares']);
});

test('the demo: Fedify verifies each proof of ours, and the message opens for its owner alone', () => {
  // Accept of the Follow, Create, Update, Delete; Accept of the quote, Delete of its stamp.
  expect(steps.at(-2)?.text).toBe('Fedify verified the integrity proofs of all 6 activities that the blog sent.');
  const saying = steps.filter((step) => JSON.stringify(step).includes('Nobody else should read this.'));
  expect(saying.map(({ text }) => text.split('\n')[0])).toEqual(['npm run messages opens it with the owner’s key:']);
});
