import { isJsonObject } from '../../federation/vocabulary.ts';
import { came, jsonOf, shown } from './answers.ts';
import { type Finding, ok, warning } from './finding.ts';
import { type Patient, stringOf } from './patient.ts';
import { MISSKEY } from './voices.ts';

const SCHEMA = 'http://nodeinfo.diaspora.software/ns/schema/';
const NEXT =
  'Put a complete build live, with .well-known/nodeinfo; Misskey and directories read it, Mastodon does not need it.';

/** Looks at NodeInfo, by which servers and directories learn what software this is. */
export async function lookAtNodeinfo({ origin, ask }: Patient): Promise<Finding[]> {
  const check = 'nodeinfo.answers';
  const voice = { voice: MISSKEY, accept: 'application/json, */*' };
  const links = await ask(`${origin}/.well-known/nodeinfo`, voice);
  if (links.kind === 'none' || links.status !== 200) return [warning(check, shown(links), NEXT)];
  const read = jsonOf(links);
  if ('fault' in read) return [warning(check, `what ${links.url} answers ${read.fault}`, NEXT)];
  const listed = Array.isArray(read.json.links) ? read.json.links.filter(isJsonObject) : [];
  const href = listed
    .filter((link) => stringOf(link, 'rel')?.startsWith(SCHEMA))
    .map((link) => stringOf(link, 'href'))[0];
  if (href === undefined) return [warning(check, `${links.url} leads to no NodeInfo 2.x`, NEXT)];
  const document = await ask(href, voice);
  if (document.kind === 'none' || document.status !== 200) return [warning(check, shown(document), NEXT)];
  const body = jsonOf(document);
  const software = 'json' in body && isJsonObject(body.json.software) ? body.json.software : undefined;
  const name = software && stringOf(software, 'name');
  if (name === undefined) return [warning(check, `${document.url} names no software`, NEXT)];
  if (
    !/\bjson\b/i.test(links.headers['content-type'] ?? '') ||
    !/\bjson\b/i.test(document.headers['content-type'] ?? '')
  ) {
    const type =
      'Send "Content-Type: application/json" for /.well-known/nodeinfo and /nodeinfo/*; the netlify.toml of Postern has the rules.';
    return [warning('nodeinfo.type', `${shown(links)}; ${shown(document)}`, type)];
  }
  return [
    ok(check, `${href} → ${came(document)}: ${name} ${(software && stringOf(software, 'version')) ?? ''}`.trimEnd()),
  ];
}
