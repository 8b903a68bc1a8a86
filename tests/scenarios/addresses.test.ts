import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../server/store/memory.ts';
import { type BuiltSite, buildForTests } from '../netlify/built-site.ts';
import { bareFunctions, type Host, nodeHost } from '../netlify/hosts.ts';
import {
  FILE_QUESTIONS,
  FUNCTION_QUESTIONS,
  fill,
  GONE_QUESTIONS,
  NEGOTIATED_QUESTIONS,
  type Question,
} from './addresses-table.ts';

let site: BuiltSite;
beforeAll(async () => {
  site = await buildForTests();
});
afterAll(() => site.remove());

/** What a peer or a browser goes by, and the body. */
const HEADERS = [
  ...['content-type', 'access-control-allow-origin', 'content-security-policy', 'vary', 'x-content-type-options'],
  ...['location', 'allow', 'referrer-policy', 'x-robots-tag', 'cache-control'],
];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function answerOf(host: Host, { path, method = 'GET', accept }: Question): Promise<Answer> {
  const response = await host.ask(path, { method, headers: accept === undefined ? {} : { accept } });
  const headers = HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() };
}

const named = (questions: readonly Question[]) =>
  questions.map((question) => {
    const { method = 'GET', path, accept, status } = question;
    return [`${method} ${path}${accept === undefined ? '' : ` as ${accept}`} → ${status}`, question] as const;
  });

describe('the addresses of a blog, at each host', () => {
  let bare: Host;
  let node: Host;
  beforeAll(async () => {
    const store = openMemoryStore();
    await fill(store);
    bare = bareFunctions(site, store);
    node = await nodeHost(site, store);
  });
  afterAll(async () => {
    await node.close();
  });

  it.each(named(FUNCTION_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(await answerOf(bare, question)).toEqual(answer);
  });

  it.each(named([...FILE_QUESTIONS, ...NEGOTIATED_QUESTIONS]))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
  });
});

describe('the addresses of an account that is gone, at each host', () => {
  let node: Host;
  beforeAll(async () => {
    const store = openMemoryStore();
    await fill(store, { deleted: '2026-11-20T10:00:00Z', gone: '2026-11-22T10:00:00Z' });
    node = await nodeHost(site, store);
  });
  afterAll(() => node.close());

  it.each(named(GONE_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
  });
});
