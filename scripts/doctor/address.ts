import { isIP } from 'node:net';
import { isAllowedAddress, type ResolvedAddress } from '../../server/http/addresses.ts';
import { came, isRedirect, mendStatus, shown, targetOf } from './answers.ts';
import type { Answer, NoAnswer } from './ask.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { isLocalHost, type Met, type Patient } from './patient.ts';
import { BROWSER } from './voices.ts';

const MOST_HOPS = 5;

/** Looks at the name of the blog: where it leads, and which of the names beside it lead to it. */
export async function lookAtAddress(patient: Patient): Promise<Finding[]> {
  const { hostname } = new URL(patient.origin);
  if (isLocalHost(hostname)) {
    return [
      skipped('address.resolves', `${hostname} is this machine, which no other server reaches`),
      ...(await lookAtOrigin(patient)),
      ...(await lookAtTwin(patient)),
    ];
  }
  const resolved = await lookAtName(patient, hostname);
  if (resolved.mark === 'broken') return [resolved];
  return [resolved, ...(await lookAtOrigin(patient)), ...(await lookAtTwin(patient)), await lookAtPlainHttp(patient)];
}

async function lookAtName(patient: Patient, hostname: string): Promise<Finding> {
  const check = 'address.resolves';
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    return broken(
      check,
      `${hostname} is a number, not a name`,
      'Give the blog a domain: no other server takes a number for one.',
    );
  }
  const found = await resolve(patient, hostname);
  if (typeof found === 'string') {
    return broken(
      check,
      `${hostname} leads nowhere (${found})`,
      'Add an A, AAAA or CNAME record for this name where your domain is registered, or correct the name. A new record may take an hour.',
    );
  }
  const addresses = found.map(({ address }) => address).join(', ');
  const hidden = found.find(({ address }) => !isAllowedAddress(address, patient));
  if (hidden) {
    return broken(
      check,
      `${hostname} leads to ${addresses}; ${hidden.address} is no public address`,
      'Take that record away, or let the name lead to a public address: other servers refuse private ones.',
    );
  }
  return ok(check, `${hostname} leads to ${addresses}`);
}

async function resolve({ resolve: ask }: Patient, hostname: string): Promise<readonly ResolvedAddress[] | string> {
  try {
    const found = await ask(hostname);
    return found.length > 0 ? found : 'no address';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no answer of the name server';
  }
}

/** The origin must answer itself: ids below it never redirect, so what redirects it is wrong about which name is the blog's. */
async function lookAtOrigin(patient: Patient): Promise<Finding[]> {
  const { origin, ask } = patient;
  const check = 'address.origin';
  const first = await ask(`${origin}/`, { voice: BROWSER });
  // Whoever looks next says why there is none.
  if (first.kind === 'none') return [];
  if (!isRedirect(first)) {
    return [
      first.status < 400
        ? ok(check, shown(first))
        : broken(check, shown(first), mendStatus(first.status, 'Put the built site live at this address.')),
    ];
  }
  const { hops, loops } = await followed(patient, first);
  const path = [origin, ...hops].join(' → ');
  if (loops) {
    return [
      broken(
        check,
        `${path}: the redirects go round in circles`,
        `Let ${new URL(origin).host} answer itself, and redirect the other name to it; usually the host and the DNS provider (or proxy) each redirect their own way.`,
      ),
    ];
  }
  const last = new URL(hops.at(-1) ?? origin).origin;
  if (last === origin) return [warning(check, `${path}: the home page is elsewhere`, `Let ${origin}/ answer itself.`)];
  return [
    broken(
      check,
      `${path}: the origin is not where the blog answers`,
      `Make ${new URL(origin).host} the primary name at your host; or, if nobody follows yet, set \`origin: ${last}\` in content/profile.md.`,
    ),
  ];
}

async function followed(patient: Patient, first: Answer): Promise<{ hops: string[]; loops: boolean }> {
  const hops: string[] = [];
  const seen = new Set([first.url]);
  let answer: Answer | NoAnswer = first;
  while (answer.kind === 'answer' && isRedirect(answer)) {
    const target = targetOf(answer);
    if (target === undefined) break;
    hops.push(target);
    if (seen.has(target) || hops.length > MOST_HOPS) return { hops, loops: true };
    seen.add(target);
    answer = await patient.ask(target, { voice: BROWSER });
  }
  return { hops, loops: false };
}

/** `www.blog.example` of `blog.example`, and the other way round: readers type either. */
function twinOf(origin: string): string | undefined {
  const url = new URL(origin);
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 || url.hostname === 'localhost') return undefined;
  if (/\.(netlify\.app|github\.io|pages\.dev|vercel\.app)$/.test(url.hostname)) return undefined;
  url.hostname = url.hostname.startsWith('www.') ? url.hostname.slice(4) : `www.${url.hostname}`;
  return url.origin;
}

async function lookAtTwin(patient: Patient): Promise<Finding[]> {
  const check = 'address.twin';
  const twin = twinOf(patient.origin);
  if (twin === undefined) return [];
  const { hostname, host } = new URL(twin);
  if (typeof (await resolve(patient, hostname)) === 'string') {
    return [ok(check, `${host} has no address: there is one name for the blog`)];
  }
  const redirect = `Redirect all of ${twin} to ${patient.origin}, with the path.`;
  const answer = await patient.ask(`${twin}/.well-known/webfinger?resource=acct:x@${host}`, { voice: BROWSER });
  if (answer.kind === 'none') {
    return [warning(check, shown(answer), `${redirect} Or take the name away: readers who type it get nowhere.`)];
  }
  if (isRedirect(answer)) {
    const target = targetOf(answer) ?? '';
    if (target.startsWith(`${patient.origin}/`)) return [ok(check, `${host} redirects to ${patient.origin}`)];
    return [warning(check, shown(answer), redirect)];
  }
  return [warning(check, `${shown(answer)}: ${host} answers beside the blog's own name`, redirect)];
}

async function lookAtPlainHttp({ origin, ask }: Patient): Promise<Finding> {
  const check = 'address.http';
  const url = new URL(`${origin}/`);
  if (url.protocol === 'http:') {
    return broken(
      check,
      `${origin} is plain http`,
      'Put the blog behind TLS and build it for the https origin: no other server follows plain http.',
    );
  }
  if (url.port !== '') return skipped(check, `port ${url.port} has no plain http beside it`);
  url.protocol = 'http:';
  const answer = await ask(url.href, { voice: BROWSER, plain: true });
  if (answer.kind === 'none') return ok(check, `nothing answers plain http (${answer.reason})`);
  const target = isRedirect(answer) ? targetOf(answer) : undefined;
  if (target?.startsWith('https://')) return ok(check, `${url.href} → ${came(answer)}`);
  return warning(check, shown(answer), 'Redirect plain http to https, so that readers who type the name get there.');
}

/** Whether neither the actor nor the manifest is there: then there is no blog to look at. */
export function isNobody({ builtFor, answer }: Pick<Met, 'builtFor' | 'answer'>): boolean {
  return builtFor === undefined && answer.kind === 'answer' && answer.status >= 400;
}

/** Which site it is that answers: its ids carry the origin that it was built for. */
export function lookAtIdentity({ origin, settings }: Patient, { builtFor, answer }: Met): Finding[] {
  const { hostname } = new URL(origin);
  const findings: Finding[] = [];
  if (isNobody({ builtFor, answer })) {
    const saw = `no Postern answers at ${origin}: ${shown(answer)}`;
    findings.push(broken('address.built-for', saw, mendStatus(answer.kind === 'answer' ? answer.status : 0)));
  } else if (builtFor === undefined) {
    const saw = `there is no manifest of a Postern at ${origin}/ap/manifest.json (the actor: ${came(answer)})`;
    findings.push(
      warning(
        'address.built-for',
        saw,
        'Check that the newest build is live, with the folder ap/ and all that is in it.',
      ),
    );
  } else if (builtFor === origin)
    findings.push(ok('address.built-for', `the site that is live was built for ${origin}`));
  else {
    const mend = settings
      ? `Set \`origin: ${origin}\` in content/profile.md (POSTERN_ORIGIN overrides it) and build again.`
      : `Look at ${builtFor} instead, or build the blog for ${origin}.`;
    findings.push(
      broken(
        'address.built-for',
        `the site that answers at ${origin} was built for ${builtFor}: its ids lead there`,
        mend,
      ),
    );
  }
  if (hostname.endsWith('.netlify.app')) {
    findings.push(
      warning(
        'address.own-domain',
        `the blog lives at ${hostname}, a name that belongs to the host`,
        'Take a domain of your own before others follow: followers do not come along when the origin changes later.',
      ),
    );
  }
  return findings;
}
