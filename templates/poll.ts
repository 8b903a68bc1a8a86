import type { PollNow, PollTally } from '../federation/question.ts';
import { timeElement } from './dates.ts';
import { escapeHtml } from './escape.ts';
import type { Words } from './words.ts';

/** The options of a poll, and once it is over what came of it. Works without script and without colour. */
export function renderPoll({ poll, tally, isOver }: PollNow, words: Words, language: string): string {
  const results = isOver ? tally : undefined;
  const items = poll.options.map((name, place) => option(name, results && share(results, place, words)));
  const voters = tally === undefined || tally.voters === 0 ? [] : [escapeHtml(words.voterCount(tally.voters))];
  const when = `${escapeHtml(isOver ? words.pollEnded : words.pollEnds)} ${timeElement('dt-end', poll.ends, false, language)}`;
  const how = isOver ? [] : [escapeHtml(poll.multiple ? words.pollVoteMany : words.pollVote)];
  return `<section class="poll" aria-label="${escapeHtml(words.poll)}">
<ul>
${items.join('')}</ul>
<p class="meta">${[...voters, when, ...how].join(' · ')}</p>
</section>
`;
}

interface Share {
  readonly percent: number;
  readonly text: string;
}

function share({ votes, voters }: PollTally, place: number, words: Words): Share {
  const count = votes[place] ?? 0;
  const percent = voters === 0 ? 0 : Math.round((count / voters) * 100);
  return { percent, text: `${percent} % (${words.voteCount(count)})` };
}

function option(name: string, result: Share | undefined): string {
  const label = `<bdi>${escapeHtml(name)}</bdi>`;
  if (result === undefined) return `<li>${label}</li>\n`;
  const bar = `<progress value="${result.percent}" max="100" aria-hidden="true"></progress>`;
  return `<li>${label} <span class="count">${escapeHtml(result.text)}</span>${bar}</li>\n`;
}
