/** The templates by which an account's server lets it act on a post that it read elsewhere, the most fitting first. */
const TEMPLATES = [
  // Only where it says what is replied to: Mastodon 4.6's takes a text alone.
  { rel: 'https://w3id.org/fep/3b86/Create', placeholder: 'inReplyTo' },
  { rel: 'https://w3id.org/fep/3b86/Object', placeholder: 'object' },
  { rel: 'http://ostatus.org/schema/1.0/subscribe', placeholder: 'uri' },
] as const;

/** What FEP-3b86 and OStatus write between braces. */
const PLACEHOLDER = /\{([A-Za-z][\w-]*)\}/g;

/**
 * Gives the address at which an account's own server opens a post, so that its owner can reply to it there: the template of
 * its WebFinger answer with `uri` filled in and every other placeholder left empty. Undefined when there is none that leads
 * to https and has a place for it; `allowHttp` is for development. Takes templates by their `rel`; never fails.
 * (FEP-3b86 §3; OStatus 1.0, remote subscribe)
 */
export function intentAddress(
  templates: ReadonlyMap<string, string>,
  uri: string,
  options: { readonly allowHttp?: boolean } = {},
): string | undefined {
  for (const { rel, placeholder } of TEMPLATES) {
    const template = templates.get(rel);
    if (template === undefined || !template.includes(`{${placeholder}}`)) continue;
    const address = fill(template, { [placeholder]: uri });
    if (isHostFixed(template, address, options)) return address;
  }
  return undefined;
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (_whole, name: string) => encodeURIComponent(values[name] ?? ''));
}

/** Whoever wrote the template chose the host, and nothing that was filled in did. */
function isHostFixed(
  template: string,
  address: string,
  { allowHttp = false }: { readonly allowHttp?: boolean },
): boolean {
  const blank = template.replace(PLACEHOLDER, '');
  if (!URL.canParse(blank) || !URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  if (protocol !== 'https:' && !(allowHttp && protocol === 'http:')) return false;
  return username === '' && password === '' && new URL(blank).host === host;
}
