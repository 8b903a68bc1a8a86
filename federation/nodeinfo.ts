import type { JsonObject } from './vocabulary.ts';

const SCHEMA = 'http://nodeinfo.diaspora.software/ns/schema/2.1';

/** The content type of the NodeInfo document; the list of links is plain `application/json`. */
export const NODEINFO_JSON = `application/json; profile="${SCHEMA}#"`;

/** Where the NodeInfo document lies: a file of the build. */
export const NODEINFO_PATH = '/nodeinfo/2.1.json';

/** Builds `/.well-known/nodeinfo`, which leads to the document. Never fails. (FEP-f1d5; NodeInfo 2.1) */
export function buildNodeinfoLinks(origin: string): JsonObject {
  return { links: [{ rel: SCHEMA, href: `${origin}${NODEINFO_PATH}` }] };
}

/**
 * Builds the NodeInfo document. It says only what a build knows, so that the same input gives the same bytes: one user,
 * the number of posts, no activity by month. `version` is the software's. Never fails. (NodeInfo 2.1; FEP-f1d5)
 */
export function buildNodeinfo(facts: {
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly posts: number;
}): JsonObject {
  return {
    version: '2.1',
    software: { name: 'postern', version: facts.version },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    openRegistrations: false,
    usage: { users: { total: 1 }, localPosts: facts.posts },
    metadata: { nodeName: facts.name, nodeDescription: facts.description },
  };
}
