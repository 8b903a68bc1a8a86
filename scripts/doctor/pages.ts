import { randomBytes } from 'node:crypto';
import { Parser } from 'htmlparser2';
import { isActivityType } from '../../federation/negotiate.ts';
import { came, jsonOf, shown } from './answers.ts';
import type { Answer, NoAnswer } from './ask.ts';
import { broken, type Finding, ok, warning } from './finding.ts';
import { type Met, type Patient, stringOf } from './patient.ts';
import { BROWSER, LEMMY, MASTODON } from './voices.ts';

const VARY = 'Send "Vary: Accept" with it; the netlify.toml of Postern and npm start do.';

interface Page {
  readonly url: string;
  /** The object behind it. */
  readonly id: string;
}

/** What came at one address, in the order in which it was asked for. */
interface Turns {
  readonly html: readonly [Answer | NoAnswer, Answer | NoAnswer];
  readonly json: readonly [Answer | NoAnswer, Answer | NoAnswer];
}

/**
 * Asks for pages as a reader and as servers do, by turns: what a cache keeps of one must not reach the other. People paste
 * addresses of pages into the search of their server, which then looks for the object behind it.
 */
export async function lookAtPages(patient: Patient, { posts }: Met): Promise<Finding[]> {
  const home = { url: `${patient.origin}/`, id: patient.addresses.actor };
  const pages = [home, ...posts.filter(({ url }) => new URL(url).origin === patient.origin)];
  return (await Promise.all(pages.map((page) => lookAtPage(patient, page)))).flat();
}

async function lookAtPage(patient: Patient, page: Page): Promise<Finding[]> {
  const { ask } = patient;
  const firstHtml = await ask(page.url, { voice: BROWSER });
  const firstJson = await ask(page.url, { voice: LEMMY });
  const secondHtml = await ask(page.url, { voice: BROWSER });
  const secondJson = await ask(page.url, { voice: MASTODON });
  const turns: Turns = { html: [firstHtml, secondHtml], json: [firstJson, secondJson] };
  const fault = judgeHtml(page, turns);
  if (fault) return [fault];
  const link = linkIn(firstHtml);
  return [...(await judgeNegotiation(patient, page, turns, link === page.id)), ...judgeLink(page, link, turns)];
}

function judgeHtml({ url }: Page, { html }: Turns): Finding | undefined {
  const wrong = html.findIndex((answer) => !isHtml(answer));
  const answer = html[wrong];
  if (answer === undefined) return undefined;
  if (isJson(answer)) {
    return broken(
      'pages.cache',
      `a browser that opens ${url} gets ${came(answer)}, after a server had asked there`,
      `A cache keeps one answer for all who ask. ${VARY} Then purge the cache.`,
    );
  }
  return broken(
    'pages.html',
    `a browser that opens ${shown(answer)}`,
    'Put the page live again: the manifest of the blog names it.',
  );
}

async function judgeNegotiation(
  patient: Patient,
  page: Page,
  { html, json }: Turns,
  hasLink: boolean,
): Promise<Finding[]> {
  const { url, id } = page;
  const cache = `A cache keeps one answer for all who ask. ${VARY} Then purge the cache.`;
  const [first, second] = json;
  if (isJson(first) !== isJson(second)) {
    const saw = `${url} asked as a server: ${came(first)} the first time, ${came(second)} the second`;
    return [broken('pages.cache', saw, cache)];
  }
  if (isJson(first)) return judgeSame(page, first, html, json);
  if (isHtml(first) && (await isJsonPastCaches(patient, url))) {
    return [
      broken('pages.cache', `${url} asked as a server → ${came(first)}, and the right JSON past the cache`, cache),
    ];
  }
  const next = 'Let the host negotiate: at Netlify the edge function of Postern does, on your own server npm start.';
  const who = 'Lemmy and Akkoma do not find the post by the address of its page';
  if (hasLink) return [warning('pages.negotiation', `${url} asked as a server → ${came(first)}: ${who}`, next)];
  return [
    broken(
      'pages.negotiation',
      `${url} asked as a server → ${came(first)}, and the page does not link to ${id}: nobody finds it by this address`,
      next,
    ),
  ];
}

function judgeSame({ url, id }: Page, first: Answer, html: Turns['html'], json: Turns['json']): Finding[] {
  const read = jsonOf(first);
  const said = 'json' in read ? (stringOf(read.json, 'id') ?? 'no id') : `what ${read.fault}`;
  if (said !== id) {
    return [
      broken(
        'pages.id',
        `${url} asked as a server gives ${said}, not ${id}`,
        'Deploy site and functions of the same build.',
      ),
    ];
  }
  const bare = [...html, ...json].filter(
    (answer) => answer.kind === 'answer' && !/(^|,)\s*(accept|\*)\s*(,|$)/i.test(answer.headers.vary ?? ''),
  );
  const [without] = bare;
  if (without) {
    const what = isHtml(without) ? 'the page' : 'the JSON';
    const saw = `${url} gives a page or JSON, but ${what} has no "Vary: Accept" (it has "${varyOf(without)}")`;
    return [warning('pages.vary', saw, `${VARY} Caches hand a page to servers, or JSON to readers, without it.`)];
  }
  return [ok('pages.negotiation', `${url}: the page for a browser, ${id} for servers, by turns`)];
}

function judgeLink({ url, id }: Page, link: string | undefined, { json }: Turns): Finding[] {
  const check = 'pages.alternate';
  if (link === id) return [ok(check, `${url} links to ${id}`)];
  const next = `Let the <head> have <link rel="alternate" type="application/activity+json" href="${id}">; the layout of Postern does.`;
  if (link !== undefined) return [broken(check, `${url} links to ${link} as its ActivityPub form, not to ${id}`, next)];
  // Who negotiates does not need it: that was judged.
  return json.every(isJson)
    ? [warning(check, `${url} has no link to its ActivityPub form: Misskey looks for it`, next)]
    : [broken(check, `${url} has no link to its ActivityPub form`, next)];
}

/** An address that no cache has seen. */
async function isJsonPastCaches({ ask }: Patient, url: string): Promise<boolean> {
  const fresh = new URL(url);
  fresh.searchParams.set('doctor', randomBytes(6).toString('hex'));
  return isJson(await ask(fresh.href, { voice: LEMMY }));
}

function isJson(answer: Answer | NoAnswer): answer is Answer {
  return answer.kind === 'answer' && answer.status === 200 && isActivityType(answer.headers['content-type']);
}

function isHtml(answer: Answer | NoAnswer): boolean {
  return answer.kind === 'answer' && answer.status === 200 && BROWSER.takes(answer.headers['content-type']);
}

function varyOf(answer: Answer | NoAnswer): string {
  return (answer.kind === 'answer' ? answer.headers.vary : undefined) ?? '';
}

/** Where the first link of that type leads, as Mastodon and Misskey read it. */
export function linkIn(answer: Answer | NoAnswer): string | undefined {
  if (answer.kind === 'none') return undefined;
  let href: string | undefined;
  // Not a tree, which a page of a million open elements would make too deep to walk through.
  const parser = new Parser({
    onopentag: (name, { rel = '', type = '', href: to }) => {
      const isAlternate = name === 'link' && /\balternate\b/i.test(rel);
      if (isAlternate && type.trim().toLowerCase() === 'application/activity+json') href ??= to;
    },
  });
  parser.end(answer.body.toString());
  return href !== undefined && URL.canParse(href, answer.url) ? new URL(href, answer.url).href : href;
}
