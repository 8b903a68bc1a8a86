import { Parser } from 'htmlparser2';
import { own } from '../../federation/inbox/bounds.ts';
import { idOf, idsOf, listOf } from '../../federation/inbox/references.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { came, isRedirect, jsonOf, targetOf } from './answers.ts';
import type { Answer, Ask, NoAnswer, Question } from './ask.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { type Met, type Patient, stringOf } from './patient.ts';
import { BROWSER, MASTODON } from './voices.ts';

/** Servers follow as many to the page of a profile's link. */
const MOST_REDIRECTS = 3;

/**
 * Looks at what the profile links, and at the other accounts that it names: a link counts as verified when both pages have
 * `rel="me"` to each other, and a move is believed when both accounts name each other.
 */
export async function lookAtLinks(patient: Patient, { actor }: Met): Promise<Finding[]> {
  if (actor === undefined) return [skipped('links.me', 'there is no actor that can be read')];
  const findings = [
    ...(await lookAtFields(patient, actor)),
    ...(await Promise.all(idsOf(own(actor, 'alsoKnownAs')).map((id) => lookAtAlias(patient, id)))),
    ...(await lookAtTarget(patient, actor)),
  ];
  if (findings.length > 0) return findings;
  return [ok('links.me', 'the profile links no page and names no other account: there is nothing to compare')];
}

async function lookAtFields({ ask, origin, addresses }: Patient, actor: JsonObject): Promise<Finding[]> {
  const links = listOf(own(actor, 'attachment'))
    .filter(isJsonObject)
    .flatMap((field) => (stringOf(field, 'type') === 'PropertyValue' ? meLinksIn(stringOf(field, 'value') ?? '') : []))
    .filter((link) => /^https?:/.test(link));
  if (links.length === 0) return [];
  const home = stringOf(actor, 'url') ?? `${origin}/`;
  const names = [home, `${origin}/`, addresses.actor].map(plain);
  const page = await follow(ask, `${origin}/`, { voice: BROWSER });
  const ours = page.kind === 'answer' ? meLinksIn(page.body.toString(), page.url).map(plain) : [];
  return Promise.all(links.map((link) => lookAtLink(ask, link, { ours, home, own: names })));
}

interface Ours {
  /** Where the home page has `rel="me"` to. */
  readonly ours: readonly string[];
  readonly home: string;
  /** The addresses by which a page may mean the blog. */
  readonly own: readonly string[];
}

async function lookAtLink(ask: Ask, link: string, { ours, home, own: names }: Ours): Promise<Finding> {
  const check = 'links.me';
  const answer = await follow(ask, link, { voice: BROWSER });
  if (answer.kind === 'none' || answer.status !== 200)
    return warning(
      check,
      `the profile links ${link} → ${came(answer)}`,
      'Correct or remove that line of fields in content/profile.md.',
    );
  const back = meLinksIn(answer.body.toString(), answer.url).map(plain);
  if (!names.some((name) => back.includes(plain(name)))) {
    const next = `If that page is yours, put <a rel="me" href="${home}"> into it; Mastodon then shows the link as verified.`;
    return warning(check, `${link} has no rel="me" link back to ${home}: no server shows it as verified`, next);
  }
  if (!ours.includes(plain(link)))
    return warning(
      check,
      `the home page has no rel="me" link to ${link}, which links back`,
      'Deploy a build of this version of Postern: its home page links the fields of the profile so.',
    );
  return ok(check, `${link} and the blog link each other with rel="me"`);
}

/** An old account that is gone moves nobody, and nobody can check it. */
async function lookAtAlias({ ask }: Patient, id: string): Promise<Finding> {
  const check = 'links.alias';
  const read = await documentAt(ask, id);
  if (read.kind === 'document') return ok(check, `alsoKnownAs: ${id} is there`);
  if (read.kind === 'locked')
    return skipped(
      check,
      `alsoKnownAs: ${id} shows itself to signed requests alone`,
      'npm run move -- in <it> --check asks with a signature.',
    );
  return warning(
    check,
    `alsoKnownAs: ${id} → ${read.why}`,
    'Should that account be gone for good, take it out of content/profile.md.',
  );
}

async function lookAtTarget({ ask, addresses }: Patient, actor: JsonObject): Promise<Finding[]> {
  const check = 'links.moved';
  const movedTo = idOf(own(actor, 'movedTo'));
  if (movedTo === undefined) return [];
  const read = await documentAt(ask, movedTo);
  if (read.kind === 'locked') return [skipped(check, `movedTo: ${movedTo} shows itself to signed requests alone`)];
  if (read.kind === 'none')
    return [
      broken(
        check,
        `movedTo: ${movedTo} → ${read.why}`,
        'npm run move -- undo, or bring that account back: servers ask it before they move a follower.',
      ),
    ];
  if (idsOf(own(read.document, 'alsoKnownAs')).includes(addresses.actor))
    return [ok(check, `movedTo: ${movedTo} names the blog in its alsoKnownAs`)];
  const next = `Make an alias there for the blog, ${addresses.actor}; or npm run move -- undo.`;
  return [
    broken(check, `movedTo: ${movedTo} does not name the blog in its alsoKnownAs: no server believes the move`, next),
  ];
}

type Read =
  | { readonly kind: 'document'; readonly document: JsonObject }
  | { readonly kind: 'locked' }
  | { readonly kind: 'none'; readonly why: string };

async function documentAt(ask: Ask, id: string): Promise<Read> {
  const answer = await ask(id, { voice: MASTODON });
  if (answer.kind === 'answer' && (answer.status === 401 || answer.status === 403)) return { kind: 'locked' };
  if (answer.kind === 'none' || answer.status !== 200) return { kind: 'none', why: came(answer) };
  const read = jsonOf(answer);
  if ('fault' in read) return { kind: 'none', why: `what comes ${read.fault}` };
  return read.json.id === id ? { kind: 'document', document: read.json } : { kind: 'none', why: 'its id is another' };
}

async function follow(ask: Ask, url: string, question: Question): Promise<Answer | NoAnswer> {
  let answer = await ask(url, question);
  for (let left = MOST_REDIRECTS; left > 0 && answer.kind === 'answer' && isRedirect(answer); left -= 1) {
    const target = targetOf(answer);
    if (target === undefined) break;
    answer = await ask(target, question);
  }
  return answer;
}

/** The addresses that a page, or the value of a field, links with `rel="me"`. */
function meLinksIn(html: string, base?: string): string[] {
  const links: string[] = [];
  const parser = new Parser({
    onopentag: (name, { rel = '', href }) => {
      if ((name !== 'a' && name !== 'link') || href === undefined || !/(?:^|\s)me(?:\s|$)/i.test(rel)) return;
      if (URL.canParse(href, base)) links.push(new URL(href, base).href);
    },
  });
  parser.end(html);
  return links;
}

/** A slash at the end, or the name of the scheme, is no other page. */
function plain(url: string): string {
  return url.replace(/^http:/, 'https:').replace(/\/$/, '');
}
