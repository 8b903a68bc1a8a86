import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Peer, startPeer } from '../server/http/peer.ts';

export interface FakeComment {
  readonly id: number;
  body: string;
  readonly user: { readonly id: number; readonly type: string };
}

/** A git host that knows one pull request, and keeps its comments as GitHub's or GitLab's API has them. */
export interface GitHost {
  readonly peer: Peer;
  readonly comments: FakeComment[];
  /** Answers before the host does; gives whether it has. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** `POST /…` of each request that came. */
  asked(): string[];
}

export const TOKEN = 'ghp_0123456789abcdefSECRET';
export const ME = 7;

const LISTS =
  /^\/api\/(?:v3\/repos\/mara\/blog\/issues\/12\/comments|v4\/projects\/mara%2Fblog\/merge_requests\/12\/notes)$/;
const ONE =
  /^\/api\/(?:v3\/repos\/mara\/blog\/issues\/comments|v4\/projects\/mara%2Fblog\/merge_requests\/12\/notes)\/(\d+)$/;

export async function startGitHost(more?: (url: URL, response: ServerResponse) => boolean): Promise<GitHost> {
  const comments: FakeComment[] = [];
  const host: GitHost = {
    comments,
    fault: undefined,
    asked: () => host.peer.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, '')}`),
    peer: await startPeer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://host.example');
      if (host.fault?.(request, response) || more?.(url, response)) return;
      void answer(host, request, response, url);
    }),
  };
  return host;
}

async function answer(
  { comments }: GitHost,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const { authorization, 'private-token': token } = request.headers;
  if (authorization !== `Bearer ${TOKEN}` && token !== TOKEN) return send(401, { message: 'Bad credentials' });
  let text = '';
  for await (const chunk of request) text += chunk;
  const { body } = JSON.parse(text || '{}') as { body?: string };
  if (/^\/api\/v[34]\/user$/.test(url.pathname)) return send(200, { id: ME });
  if (LISTS.test(url.pathname) && request.method === 'GET') {
    const [size, page] = [Number(url.searchParams.get('per_page')), Number(url.searchParams.get('page'))];
    return send(200, comments.slice((page - 1) * size, page * size));
  }
  if (LISTS.test(url.pathname) && request.method === 'POST' && body !== undefined) {
    comments.push({ id: 1000 + comments.length, body, user: { id: ME, type: 'User' } });
    return send(201, comments.at(-1));
  }
  const found = comments.find(({ id }) => String(id) === ONE.exec(url.pathname)?.[1]);
  if (!found || body === undefined || request.method === 'POST') return send(404, { message: 'Not Found' });
  found.body = body;
  return send(200, found);
}
