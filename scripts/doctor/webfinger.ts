import { readWebfinger } from '../../federation/webfinger.ts';
import { came, isRedirect, jsonOf, shown } from './answers.ts';
import type { Answer, NoAnswer } from './ask.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import type { Met, Patient } from './patient.ts';
import { ACCEPT_JRD, MASTODON, MISSKEY, type Voice } from './voices.ts';

/** Looks at the loop that a handle must close: handle → actor → its name and host → the same handle. */
export async function lookAtWebfinger(patient: Patient, { username }: Met): Promise<Finding[]> {
  if (username === undefined) return [skipped('webfinger.loop', 'the actor has no name to ask for')];
  const handle = `${username}@${patient.addresses.host}`;
  // Mastodon writes the handle as it is, others percent-encode it.
  const spellings: readonly (readonly [Voice, string])[] = [
    [MASTODON, `acct:${handle}`],
    [MISSKEY, encodeURIComponent(`acct:${handle}`)],
  ];
  const answers: (Answer | NoAnswer)[] = [];
  for (let round = 0; round < 2; round += 1) {
    for (const [voice, resource] of spellings) answers.push(await ask(patient, resource, voice));
  }
  for (const answer of answers) {
    const fault = judge(patient, handle, answer);
    if (fault) return [fault];
  }
  const [first] = answers;
  const closed = ok('webfinger.loop', `@${handle} → ${patient.addresses.actor} → @${handle}, twice`);
  return [closed, ...lookAtType(first), ...(await lookAtActorId(patient))];
}

function ask({ origin, ask: get }: Patient, resource: string, voice: Voice): Promise<Answer | NoAnswer> {
  return get(`${origin}/.well-known/webfinger?resource=${resource}`, { voice, accept: ACCEPT_JRD });
}

function judge({ addresses }: Patient, handle: string, answer: Answer | NoAnswer): Finding | undefined {
  const check = 'webfinger.answers';
  if (answer.kind === 'none') return broken(check, shown(answer), 'Look whether the server runs, and into its log.');
  if (isRedirect(answer)) {
    return broken(
      check,
      shown(answer),
      `Let ${addresses.host} answer /.well-known/webfinger itself, without a redirect.`,
    );
  }
  if (answer.status !== 200) {
    const next =
      answer.status === 404
        ? 'Deploy the functions of Postern: nobody finds the handle without. At Netlify look at "Functions" in the log of the deploy.'
        : 'Look into the log of the host: the function behind /.well-known/webfinger fails.';
    return broken(check, shown(answer), next);
  }
  const read = jsonOf(answer);
  if ('fault' in read)
    return broken(
      check,
      `what ${answer.url} answers ${read.fault}`,
      'Let the function of Postern answer there, not a page.',
    );
  return judgeLoop(addresses, handle, readWebfinger(read.json));
}

function judgeLoop(
  { actor, host }: Patient['addresses'],
  handle: string,
  found: ReturnType<typeof readWebfinger>,
): Finding | undefined {
  const check = 'webfinger.loop';
  if (found === undefined)
    return broken(
      check,
      `@${handle} leads to no actor: there is no link "self" of type application/activity+json`,
      'Deploy the functions of the same version as the site.',
    );
  const { subject, self } = found;
  if (self !== actor)
    return broken(
      check,
      `@${handle} leads to ${self}, not to ${actor}`,
      `Build and deploy for the origin of ${host}: Mastodon compares the two letter by letter.`,
    );
  if (subject?.toLowerCase() === handle.toLowerCase()) return undefined;
  const saw = `who asks for @${handle} is told that it is @${subject ?? 'nobody'}`;
  return broken(
    check,
    saw,
    `Build and deploy site and functions together, for https://${host}: Mastodon refuses a handle that does not lead back to itself.`,
  );
}

function lookAtType(answer: Answer | NoAnswer | undefined): Finding[] {
  const type = answer?.kind === 'answer' ? (answer.headers['content-type'] ?? 'none') : 'none';
  if (/^application\/jrd\+json\b/i.test(type)) return [];
  return [
    warning(
      'webfinger.type',
      `WebFinger answers with the content type ${type}`,
      'Send application/jrd+json there (RFC 7033); some readers want it.',
    ),
  ];
}

/** Mastodon asks for the actor's id when somebody pastes the address of a profile. */
async function lookAtActorId(patient: Patient): Promise<Finding[]> {
  const answer = await ask(patient, encodeURIComponent(patient.addresses.actor), MASTODON);
  if (answer.kind === 'answer' && answer.status === 200) return [];
  return [
    warning(
      'webfinger.resource',
      `asked for the actor's id: ${came(answer)}`,
      'Let the function of Postern answer WebFinger: it knows the id, too.',
    ),
  ];
}
