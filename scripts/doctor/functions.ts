import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import { came, jsonOf, mendStatus, shown } from './answers.ts';
import type { Answer, NoAnswer } from './ask.ts';
import { broken, type Finding, ok, warning } from './finding.ts';
import type { Met, Patient } from './patient.ts';
import { ACCEPT_JRD, MASTODON } from './voices.ts';

const DEPLOY =
  'Deploy the functions with the site. At Netlify, look at "Functions" in the log of the deploy; on your own server, let the proxy pass everything to npm start.';

/** Asks what only a program can answer: files alone would say the same to everybody, or nothing. */
export async function lookAtFunctions(patient: Patient, { username = 'blog' }: Met): Promise<Finding[]> {
  return [await lookAtFollowers(patient), await lookAtStranger(patient, username), await lookAtNothing(patient)];
}

async function lookAtFollowers({ addresses, ask }: Patient): Promise<Finding> {
  const check = 'functions.followers';
  const answer = await ask(`${addresses.followers}?page=true`, { voice: MASTODON });
  if (answer.kind === 'none' || answer.status !== 200) return broken(check, shown(answer), mend(answer));
  const read = jsonOf(answer);
  if ('fault' in read) return broken(check, `what ${answer.url} answers ${read.fault}`, DEPLOY);
  const { totalItems } = read.json;
  const many = typeof totalItems === 'number' ? `, ${totalItems} in all` : '';
  return ok(check, `the function behind ${addresses.followers} answers${many}`);
}

/** A file would give everybody's handle to this blog. */
async function lookAtStranger({ origin, addresses, ask }: Patient, username: string): Promise<Finding> {
  const check = 'functions.webfinger';
  const url = `${origin}/.well-known/webfinger?resource=acct:not-${username}-but-nobody@${addresses.host}`;
  const answer = await ask(url, { voice: MASTODON, accept: ACCEPT_JRD });
  if (answer.kind === 'answer' && answer.status === 404)
    return ok(check, 'WebFinger of a stranger → 404, as it should be');
  if (answer.kind === 'answer' && answer.status === 200) {
    return warning(
      check,
      `WebFinger says 200 for a handle that nobody has (${url})`,
      `A file or a cache answers in place of the function. ${DEPLOY}`,
    );
  }
  return broken(check, shown(answer), mend(answer));
}

/** A host that shows a page for whatever is not there lets other servers believe in posts that are not. */
async function lookAtNothing({ origin, ask }: Patient): Promise<Finding> {
  const check = 'functions.missing';
  const url = `${origin}/ap/posts/there-is-no-such-post-${Math.random().toString(36).slice(2, 10)}.json`;
  const answer = await ask(url, { voice: MASTODON, accept: ACTIVITY_JSON });
  if (answer.kind === 'answer' && (answer.status === 404 || answer.status === 410)) {
    return ok(check, `a post that is not there → ${answer.status}`);
  }
  if (answer.kind === 'answer' && answer.status === 200) {
    return broken(
      check,
      `a post that is not there → ${came(answer)}`,
      'Take away the rewrite that answers every unknown address with a page, at least for /ap/.',
    );
  }
  return broken(check, shown(answer), mend(answer));
}

function mend(answer: Answer | NoAnswer): string {
  return answer.kind === 'none' ? DEPLOY : mendStatus(answer.status, DEPLOY);
}
