import pc from 'picocolors';
import { command, printJson, run } from './command.ts';
import type { Step } from './demo/scene.ts';
import { tellStory } from './demo/story.ts';

const program = command(
  'demo',
  'Play the life of a post between this blog and an independent fediverse server, on loopback.',
)
  .option('--json', 'print the steps as JSON at the end')
  .action(async (options: { json?: true }) => {
    const steps: Step[] = [];
    await tellStory((step) => {
      steps.push(step);
      if (!options.json)
        console.log(`${pc.dim(`${(step.milliseconds / 1000).toFixed(2).padStart(6)} s`)}  ${step.text}`);
    });
    if (options.json) printJson(steps);
  });

await run(program);
