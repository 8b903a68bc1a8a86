import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { type Agents, createAgents } from '../../server/http/agents.ts';
import { startPeer } from '../server/http/peer.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The servers of others: one real server on loopback plays every host, and nothing leaves. */
export interface Elsewhere {
  /** `GET host/path` of every request, in order. */
  readonly requests: string[];
  /** The headers of the last request. */
  headers(): NodeJS.Dict<string | string[]>;
  readonly agents: Agents;
  /** Answers at an address, query and all. */
  at(url: string, answer: Answer): void;
  json(url: string, document: JsonObject, type?: string): void;
  status(url: string, code: number, headers?: Record<string, string>): void;
  /** Somebody with a document and a name at their server; gives the id. */
  person(handle: string, more?: JsonObject): string;
  /** A public post of theirs with a page that names it; gives the address of the page. */
  note(handle: string, name: string, more?: JsonObject): string;
}

const ACTIVITY = 'application/activity+json';

export async function openElsewhere(): Promise<Elsewhere> {
  const answers = new Map<string, Answer>();
  const requests: string[] = [];
  let headers: NodeJS.Dict<string | string[]> = {};
  const peer = await startPeer((request, response) => {
    const address = `${request.headers.host}${request.url}`;
    requests.push(`${request.method} ${address}`);
    headers = request.headers;
    const answer = answers.get(address);
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  const agents = createAgents({
    allowPrivate: false,
    connect: () => connect(Number(new URL(peer.origin).port), '127.0.0.1'),
  });
  onTestFinished(async () => {
    agents.close();
    await peer.close();
  });
  const at = (url: string, answer: Answer): void => {
    answers.set(url.replace(/^https?:\/\//, ''), answer);
  };
  const json = (url: string, document: JsonObject, type = ACTIVITY): void =>
    at(url, (_, response) => response.writeHead(200, { 'content-type': type }).end(JSON.stringify(document)));
  const idOf = (handle: string): string => {
    const [, user, host] = handle.split('@');
    return `https://${host}/users/${user}`;
  };
  return {
    requests,
    headers: () => headers,
    agents,
    at,
    json,
    status: (url, code, more = {}) => at(url, (_, response) => response.writeHead(code, more).end()),
    person(handle, more = {}) {
      const [, user = '', host = ''] = handle.split('@');
      const id = idOf(handle);
      const page = `https://${host}/@${user}`;
      json(id, {
        ...{ id, type: 'Person', preferredUsername: user, name: user.toUpperCase(), url: page, inbox: `${id}/inbox` },
        ...{ endpoints: { sharedInbox: `https://${host}/inbox` }, ...more },
      });
      const resource = encodeURIComponent(`acct:${user}@${host}`);
      const self = { rel: 'self', type: ACTIVITY, href: id };
      json(`https://${host}/.well-known/webfinger?resource=${resource}`, {
        subject: `acct:${user}@${host}`,
        links: [self],
      });
      return id;
    },
    note(handle, name, more = {}) {
      const [, user, host] = handle.split('@');
      const id = `${idOf(handle)}/statuses/${name}`;
      const url = `https://${host}/@${user}/${name}`;
      json(id, {
        ...{ id, type: 'Note', attributedTo: idOf(handle), url, content: `<p>Said in ${name}</p>` },
        ...{ to: ['https://www.w3.org/ns/activitystreams#Public'], published: '2026-11-20T08:00:00Z', ...more },
      });
      const link = `<!doctype html><html><head><link href="${id}" rel='alternate' type='${ACTIVITY}'></head></html>`;
      at(url, (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(link));
      return url;
    },
  };
}
