import { randomUUID } from 'node:crypto';
import { ACTIVITY_JSON } from '../../federation/vocabulary.ts';
import { oneLine } from '../printable.ts';
import { errorOf, isRedirect, shown } from './answers.ts';
import type { Answer, NoAnswer } from './ask.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import type { OwnSide } from './own-side.ts';
import type { Met, Patient } from './patient.ts';
import { MASTODON } from './voices.ts';

/**
 * Sends the inbox three times what can cause nothing, and looks how it refuses: without a signature, with a wrong one, and
 * with a good one. It is an Undo, in the blog's own name, of a Follow that never was, of somebody who is not there. An inbox
 * verifies the signature before it looks what an Undo means, and the blog takes nothing from itself (403): so the three
 * answers tell a broken inbox from one that cannot verify.
 */
export async function lookAtInbox(patient: Patient, met: Met, side: OwnSide | undefined): Promise<Finding[]> {
  const unsigned = await send(patient, {});
  const fault = judgeUnsigned(patient, unsigned);
  if (fault) return [fault];
  const refused = ok('inbox.unsigned', `${shown(unsigned)}: what is not signed is refused`);
  if (side?.signPost === undefined) {
    const why =
      side === undefined ? 'the keys of this blog are not in this folder' : 'the private keys are not usable here';
    return [refused, skipped('inbox.signed', `no signed activity was sent: ${why}`)];
  }
  if (!met.isReadable) {
    const why = 'the actor, which has the key to verify it with, cannot be read';
    return [refused, skipped('inbox.signed', `no signed activity was sent: ${why}`)];
  }
  const { signPost } = side;
  const sign = (body: Uint8Array): Readonly<Record<string, string>> =>
    signPost(patient.addresses.inbox, body, patient.clock());
  const falsified = await send(patient, { sign: (body) => ({ ...sign(body), ...otherSignature(sign) }) });
  const signed = await send(patient, { sign });
  return [refused, ...judgeFalsified(falsified), ...judgeSigned(patient, signed)];
}

interface Sending {
  readonly sign?: (body: Uint8Array) => Readonly<Record<string, string>>;
}

function send({ addresses, ask }: Patient, { sign }: Sending): Promise<Answer | NoAnswer> {
  const id = `${addresses.origin}/ap/activities/undo/doctor-${randomUUID()}`;
  const activity = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id,
    type: 'Undo',
    actor: addresses.actor,
    object: { id: `${id}/follow`, type: 'Follow', actor: addresses.actor, object: `${addresses.origin}/ap/nobody` },
  };
  const body = new TextEncoder().encode(JSON.stringify(activity));
  const headers = { 'content-type': ACTIVITY_JSON, ...sign?.(body) };
  return ask(addresses.inbox, { method: 'POST', voice: MASTODON, body, headers });
}

/** The signature of something else. */
function otherSignature(sign: (body: Uint8Array) => Readonly<Record<string, string>>): Record<string, string> {
  const { Signature = '' } = sign(new TextEncoder().encode(randomUUID()));
  return { Signature };
}

function judgeUnsigned({ addresses }: Patient, answer: Answer | NoAnswer): Finding | undefined {
  const check = 'inbox.answers';
  const saw = `POST ${shown(answer)}${quoteOf(answer)}`;
  if (answer.kind === 'none') return broken(check, saw, 'Look whether the server runs, and into its log.');
  if (isRedirect(answer)) {
    return broken(
      'inbox.redirect',
      saw,
      `Let ${addresses.inbox} answer itself: a redirected POST is lost with most servers.`,
    );
  }
  const { status } = answer;
  if (status === 401 && !/^basic/i.test(answer.headers['www-authenticate'] ?? '')) return undefined;
  if (status >= 200 && status < 300) {
    return broken(
      'inbox.unsigned',
      `${saw}: it takes what nobody signed`,
      'Something else than the inbox of Postern answers there: deploy the function again, and take rewrites of /ap/inbox away.',
    );
  }
  if (status === 404) {
    return broken(
      check,
      saw,
      'Deploy the functions with the site. If they are: a preview, a locked deploy and a second site of the same repository federate with nobody; the log says which it is.',
    );
  }
  if (status === 401 || status === 403 || status === 429) {
    return broken(
      check,
      saw,
      'A password, a firewall or a rate limit in front refuses other servers: take "bot protection" away for /ap/inbox.',
    );
  }
  if (status === 405)
    return broken(check, saw, 'Let the proxy pass POST to /ap/inbox; a file lies in place of the function.');
  if (status === 410) return broken(check, saw, 'The account was deleted from the network; that is for good.');
  return broken(
    check,
    saw,
    'Look into the log of the function: it fails before it reads anything. A missing POSTERN_PRIVATE_KEYS is the usual cause.',
  );
}

function judgeFalsified(answer: Answer | NoAnswer): Finding[] {
  if (answer.kind === 'answer' && answer.status >= 200 && answer.status < 300) {
    const next = 'Something else than the inbox of Postern answers there: deploy the function again.';
    return [broken('inbox.verifies', `POST ${shown(answer)}: it takes a wrong signature`, next)];
  }
  return [];
}

function judgeSigned({ addresses }: Patient, answer: Answer | NoAnswer): Finding[] {
  const check = 'inbox.signed';
  const saw = `a well-signed POST ${shown(answer)}${quoteOf(answer)}`;
  if (answer.kind === 'none')
    return [broken(check, saw, 'Look into the log of the server: it fails when it verifies.')];
  const { status } = answer;
  const isOwnWord = status === 403 && /write to itself/.test(errorOf(answer));
  if (isOwnWord || (status >= 200 && status < 300)) {
    return [ok(check, `${addresses.inbox}: a good signature is verified, a wrong one is not (${status} and 401)`)];
  }
  if (status === 503) {
    return [
      warning(
        check,
        saw,
        'The inbox could not fetch a key: let the server reach other servers, and itself by its public name. Behind a home router the latter may be all that fails, and harms nobody.',
      ),
    ];
  }
  if (status === 429) return [warning(check, saw, 'Try again in a few minutes.')];
  if (status === 401) {
    const next = /clock|too old/.test(errorOf(answer))
      ? 'Set the clocks of the server and of this machine by NTP.'
      : 'Look at the keys above first. If they fit, a proxy in between changes the path, the headers Date, Digest or Signature, or the body of what it passes on.';
    return [broken(check, `${saw}: the signature was not verified`, next)];
  }
  return [broken(check, saw, 'Look into the log of the function: it fails when it verifies.')];
}

function quoteOf(answer: Answer | NoAnswer): string {
  const said = answer.kind === 'none' ? '' : oneLine(errorOf(answer));
  return said === '' ? '' : ` ("${said}")`;
}
