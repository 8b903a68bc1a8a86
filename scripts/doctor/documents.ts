import { came, isRedirect, jsonOf, mendStatus, targetOf } from './answers.ts';
import type { Answer, NoAnswer } from './ask.ts';
import { broken, type Finding, ok, warning } from './finding.ts';
import { type Met, type Patient, stringOf } from './patient.ts';
import { MASTODON, SERVERS, type Voice } from './voices.ts';

const ROUNDS = ['first', 'second'] as const;

interface Look {
  readonly voice: Voice;
  readonly round: (typeof ROUNDS)[number];
  readonly answer: Answer | NoAnswer;
}

/** Looks at every document that others fetch by its id: the actor and the newest posts as each server, the rest as one. */
export async function lookAtDocuments(patient: Patient, { posts }: Met): Promise<Finding[]> {
  const { addresses } = patient;
  const each = [
    lookAtDocument(patient, 'the actor', addresses.actor, SERVERS),
    ...posts.map(({ type, id }) => lookAtDocument(patient, `the newest ${type}`, id, SERVERS)),
    ...(['outbox', 'featured', 'followers', 'following'] as const).map((name) =>
      lookAtDocument(patient, name, addresses[name], [MASTODON]),
    ),
  ];
  return (await Promise.all(each)).flat();
}

/** The second look comes when all have asked once: a cache between may answer it with what it kept for another. */
async function lookAtDocument(
  patient: Patient,
  what: string,
  url: string,
  voices: readonly Voice[],
): Promise<Finding[]> {
  const looks: Look[] = [];
  for (const round of ROUNDS) {
    for (const voice of voices) looks.push({ voice, round, answer: await patient.ask(url, { voice }) });
  }
  return judge(what, url, looks);
}

function judge(what: string, url: string, looks: readonly Look[]): Finding[] {
  const fault = judgeAnswers(what, url, looks) ?? judgeBodies(what, url, looks);
  if (fault) return [fault];
  const [first] = looks;
  const names = [...new Set(looks.map(({ voice }) => voice.name))].join(', ');
  const good = ok('documents.answers', `${what}: ${url} → ${first ? came(first.answer) : ''}, twice, for ${names}`);
  const open = looks.every(
    ({ answer }) => answer.kind === 'answer' && answer.headers['access-control-allow-origin'] === '*',
  );
  if (open) return [good];
  return [
    good,
    warning(
      'documents.cors',
      `${what}: ${url} has no "Access-Control-Allow-Origin: *"`,
      'Add that header to everything below /ap/: readers in the browser cannot get it without.',
    ),
  ];
}

function judgeAnswers(what: string, url: string, looks: readonly Look[]): Finding | undefined {
  const silent = looks.filter(({ answer }) => answer.kind === 'none');
  if (silent.length > 0)
    return broken(
      'documents.answers',
      sawOf(what, url, silent, looks),
      'Look whether the server runs, and into its log.',
    );
  const redirected = looks.filter(({ answer }) => answer.kind === 'answer' && isRedirect(answer));
  if (redirected.length > 0)
    return broken('documents.redirect', sawOf(what, url, redirected, looks), mendRedirect(url, redirected));
  const others = looks.filter(({ answer }) => answer.kind === 'answer' && answer.status !== 200);
  if (others.length > 0)
    return broken('documents.status', sawOf(what, url, others, looks), mendStatus(statusOf(others)));
  const unread = looks.filter(
    ({ voice, answer }) => answer.kind === 'answer' && !voice.takes(answer.headers['content-type']),
  );
  if (unread.length === 0) return undefined;
  return broken(
    'documents.type',
    `${sawOf(what, url, unread, looks)}, which they do not read`,
    mendType(unread, looks),
  );
}

function judgeBodies(what: string, url: string, looks: readonly Look[]): Finding | undefined {
  for (const { answer, round } of looks) {
    if (answer.kind === 'none') continue;
    const read = jsonOf(answer);
    if ('fault' in read) {
      const next = 'Build and deploy again; if it stays, a proxy in between cuts or changes what the server sends.';
      return broken('documents.json', `${what}: what ${url} answers (the ${round} time) ${read.fault}`, next);
    }
    const id = stringOf(read.json, 'id');
    if (id !== url) {
      const saw = `${what}: the document at ${url} says that its id is ${id ?? 'none'}`;
      return broken(
        'documents.id',
        saw,
        'Build for the origin that others ask, and deploy that build: a document counts only at its own id.',
      );
    }
  }
  return undefined;
}

/** Who got what: `the actor: https://… → 301, to https://… (Lemmy, the second time)`. */
function sawOf(what: string, url: string, bad: readonly Look[], all: readonly Look[]): string {
  const [first] = bad;
  const names = [...new Set(bad.map(({ voice }) => voice.name))];
  const everyone = new Set(all.map(({ voice }) => voice.name)).size;
  const rounds = new Set(bad.map(({ round }) => round));
  const who = names.length === everyone ? 'for all' : `for ${names.join(', ')}`;
  const [round] = rounds;
  const when = rounds.size > 1 ? '' : `, the ${round} time`;
  return `${what}: ${url} → ${first ? came(first.answer) : ''} (${who}${when})`;
}

function mendRedirect(url: string, [first]: readonly Look[]): string {
  const target = first?.answer.kind === 'answer' ? targetOf(first.answer) : undefined;
  const from = new URL(url);
  const to = target === undefined ? undefined : new URL(target);
  const why =
    to && to.host !== from.host
      ? `Let ${from.host} answer itself instead of sending everybody to ${to.host}.`
      : to?.pathname === `${from.pathname}/`
        ? 'Turn off what adds a slash to addresses ("pretty URLs"), at least below /ap/.'
        : 'Take the redirect away for everything below /ap/.';
  return `${why} Lemmy, Misskey and Akkoma refuse an id that redirects.`;
}

function statusOf([first]: readonly Look[]): number {
  return first?.answer.kind === 'answer' ? first.answer.status : 0;
}

function mendType(bad: readonly Look[], all: readonly Look[]): string {
  const isHtml = bad.some(
    ({ answer }) => answer.kind === 'answer' && /html/.test(answer.headers['content-type'] ?? ''),
  );
  const isLate = bad.every(({ round }) => round === 'second') && bad.length < all.length;
  if (isLate) return 'A cache in between keeps one answer for all who ask: let it pass /ap/ through, or heed Vary.';
  if (isHtml)
    return 'Serve the built files below /ap/ as they are: a rewrite of unknown addresses to a page stands in the way.';
  return 'Send "Content-Type: application/activity+json" for the .json files below /ap/; the netlify.toml of Postern has the rules.';
}
