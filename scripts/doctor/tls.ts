import { connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { guardedLookup } from '../../server/http/addresses.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { isLocalHost, type Patient } from './patient.ts';

const DAY_MS = 86_400_000;
const DEADLINE_MS = 10_000;
/** Let's Encrypt is renewed a month before its end: what is later than this was forgotten. */
const FEW_DAYS = 14;

/** What a handshake showed, be the certificate good or not. */
interface Handshake {
  readonly certificate: PeerCertificate;
  /** Why node does not trust it. */
  readonly fault: string | undefined;
  readonly protocol: string;
}

/** Looks at the certificate as peers do: who signed it, for which names, until when. */
export async function lookAtTls(patient: Patient): Promise<Finding[]> {
  const url = new URL(patient.origin);
  if (url.protocol === 'http:') {
    const why = isLocalHost(url.hostname) ? 'a local look over plain http has no certificate' : 'there is no TLS';
    return [skipped('tls.certificate', why)];
  }
  const shaken = await handshake(patient, url);
  if (shaken instanceof Error) {
    const next =
      'Let the host or proxy answer TLS on this port: at Netlify, "Verify DNS configuration" and "Provision certificate" in the domain settings.';
    return [broken('tls.certificate', `no TLS connection to ${url.host}: ${shaken.message}`, next)];
  }
  return [judge(patient, url, shaken)];
}

function judge({ clock }: Patient, { hostname }: URL, { certificate, fault, protocol }: Handshake): Finding {
  const check = 'tls.certificate';
  const names = certificate.subjectaltname ?? certificate.subject?.CN ?? 'no name';
  const until = Date.parse(certificate.valid_to);
  const days = Math.floor((until - clock()) / DAY_MS);
  const day = Number.isNaN(until) ? certificate.valid_to : new Date(until).toISOString().slice(0, 10);
  const again = 'Let the host or proxy get a new certificate, and look why it did not renew by itself.';
  if (until < clock()) return broken(check, `the certificate expired on ${day} (for ${names})`, again);
  if (Date.parse(certificate.valid_from) > clock()) {
    return broken(
      check,
      `the certificate holds only from ${certificate.valid_from}`,
      'Check the clock of this machine, and of the one that made it.',
    );
  }
  if (fault === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return broken(
      check,
      `the certificate is for ${names}, not for ${hostname}`,
      `Get one that has ${hostname} among its names; at Netlify, add it as a domain alias.`,
    );
  }
  if (fault !== undefined) {
    const why = /SELF_SIGNED/.test(fault)
      ? 'it is signed by itself'
      : /LEAF|ISSUER/.test(fault)
        ? 'the chain is incomplete'
        : fault;
    return broken(
      check,
      `nobody trusts the certificate of ${hostname}: ${why} (${fault})`,
      'Serve one of an authority that all trust, such as Let’s Encrypt, with its whole chain (fullchain.pem).',
    );
  }
  if (days < FEW_DAYS) return warning(check, `the certificate ends on ${day}, in ${days} days`, again);
  return ok(check, `${hostname}, trusted, until ${day} (${days} days), ${protocol}`);
}

/** No request is made: an untrusted certificate is only looked at. */
function handshake({ allowPrivate, resolve }: Patient, url: URL): Promise<Handshake | Error> {
  return new Promise((resolved) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const socket: TLSSocket = connect({
      host,
      port: Number(url.port || 443),
      servername: /^[\d.]+$|:/.test(host) ? '' : host,
      rejectUnauthorized: false,
      lookup: guardedLookup({ allowPrivate, resolve }),
      timeout: DEADLINE_MS,
    });
    const end = (result: Handshake | Error): void => {
      socket.destroy();
      resolved(result);
    };
    socket.on('error', end);
    socket.on('timeout', () => end(new Error(`no answer within ${DEADLINE_MS / 1_000} s`)));
    socket.on('secureConnect', () => {
      const fault: unknown = socket.authorizationError;
      const code = fault instanceof Error && 'code' in fault ? String(fault.code) : fault ? String(fault) : undefined;
      end({ certificate: socket.getPeerCertificate(), fault: code, protocol: socket.getProtocol() ?? '' });
    });
  });
}
