import { expect, test } from 'vitest';
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

test('the demo: a Fedify server looks the blog up, follows it, and gets a post, its edit and its removal', async () => {
  const steps: Step[] = [];
  await tellStory((step) => steps.push(step));
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
  expect(steps.at(-2)?.text).toContain('nothing to send');
  expect(steps.at(-1)?.detail).toEqual({ creates: 1 });
}, 300_000);
