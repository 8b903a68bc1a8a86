import type { PollNow, PollTally } from '../federation/question.ts';
import type { Poll } from '../federation/reference.ts';
import { timeElement } from './dates.ts';
import { escapeHtml } from './escape.ts';
import type { Words } from './words.ts';

/** The options of a poll, as a part of its text: on its page, in lists and in feeds. They stay as they are. */
export function pollOptions({ poll }: { readonly poll?: Poll }): string {
  if (poll === undefined) return '';
  const items = poll.options.map((name) => `<li>${labelOf(name)}</li>\n`);
  return `<ul>\n${items.join('')}</ul>\n`;
}

/** How many voted in a poll until when, and once it is over what. Works without script and without colour. */
export function renderPoll({ poll, tally, isOver }: PollNow, words: Words, language: string): string {
  const items = isOver && tally ? poll.options.map((name, at) => result(name, share(tally, at, words))) : [];
  const results = items.length === 0 ? '' : `<ul>\n${items.join('')}</ul>\n`;
  const voters = tally === undefined || tally.voters === 0 ? [] : [escapeHtml(words.voterCount(tally.voters))];
  const when = `${escapeHtml(isOver ? words.pollEnded : words.pollEnds)} ${timeElement('dt-end', poll.ends, false, language)}`;
  const how = isOver ? [] : [escapeHtml(poll.multiple ? words.pollVoteMany : words.pollVote)];
  return `<section class="poll" aria-label="${escapeHtml(words.poll)}">
${results}<p class="meta">${[...voters, when, ...how].join(' · ')}</p>
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

function result(name: string, { percent, text }: Share): string {
  const bar = `<progress value="${percent}" max="100" aria-hidden="true"></progress>`;
  return `<li>${labelOf(name)} <span class="count">${escapeHtml(text)}</span>${bar}</li>\n`;
}

function labelOf(name: string): string {
  return `<bdi>${escapeHtml(name)}</bdi>`;
}
