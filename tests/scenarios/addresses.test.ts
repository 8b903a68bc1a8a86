import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../server/store/memory.ts';
import { type BuiltSite, buildForTests, filesWithoutAccount } from '../netlify/built-site.ts';
import { type Emulation, openBlobsOf } from '../netlify/emulation.ts';
import { bareFunctions, emulateSite, type Host, netlifyHost, nodeHost } from '../netlify/hosts.ts';
import {
  ACTIVITY,
  BROWSER,
  FILE_QUESTIONS,
  FUNCTION_QUESTIONS,
  fill,
  GONE_FILE_QUESTIONS,
  GONE_PART_QUESTIONS,
  GONE_QUESTIONS,
  NEGOTIATED_QUESTIONS,
  NO_FILE_QUESTIONS,
  type Question,
} from './addresses-table.ts';

let site: BuiltSite;
let emulation: Emulation;
beforeAll(async () => {
  site = await buildForTests();
  emulation = await emulateSite(site);
});
afterAll(async () => {
  await emulation.close();
  site.remove();
});

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

/**
 * Netlify's rules of headers go by the path, and no path is that of pages alone: what is said of HTML comes with every file,
 * where it means nothing. Its server names the charset of JSON that no rule gives a type.
 */
function byPath({ headers, ...rest }: Answer): Answer {
  const { vary, 'content-security-policy': policy, ...others } = headers;
  const type = (headers['content-type'] ?? '').replace(/^application\/json; charset=utf-8$/, 'application/json');
  const isPage = type.startsWith('text/html');
  return {
    ...rest,
    headers: {
      ...others,
      'content-type': type,
      ...(isPage ? { vary: `${vary}` } : {}),
      ...(isPage || type === 'image/svg+xml' ? { policy: `${policy}` } : {}),
    },
  };
}

describe('the addresses of a blog, at each host', () => {
  let bare: Host;
  let node: Host;
  let netlify: Host;
  beforeAll(async () => {
    const store = openMemoryStore();
    await fill(store);
    bare = bareFunctions(site, store);
    node = await nodeHost(site, store);
    await fill(openBlobsOf(emulation, 'live'));
    netlify = netlifyHost(emulation, 'live');
  });
  afterAll(() => node.close());

  it.each(named(FUNCTION_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(await answerOf(bare, question)).toEqual(answer);
    expect(await answerOf(netlify, question)).toEqual(answer);
  });

  it.each(named(NEGOTIATED_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(await answerOf(netlify, question)).toEqual(answer);
  });

  it.each(named(FILE_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(byPath(await answerOf(netlify, question))).toEqual(byPath(answer));
  });

  it.each(named(NO_FILE_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(await answerOf(netlify, question)).toEqual(answer);
  });

  it('readers never meet the edge function: it runs for who names a JSON type alone', async () => {
    const ran = async (accept: string) => {
      const { headers } = await netlify.ask('/posts/hello/', { headers: { accept } });
      return headers.get('x-nf-edge-functions');
    };
    expect(await ran(BROWSER)).toBeNull();
    expect(await ran('*/*')).toBeNull();
    expect(await ran(ACTIVITY)).toBe('negotiate');
  });
});

describe('the addresses of an account that is gone, at each host', () => {
  let node: Host;
  let netlify: Host;
  let rebuilt: Emulation;
  let withoutFiles: Host;
  beforeAll(async () => {
    const gone = { deleted: '2026-11-20T10:00:00Z', gone: '2026-11-22T10:00:00Z' };
    const store = openMemoryStore();
    await fill(store, gone);
    node = await nodeHost(site, store);
    await fill(openBlobsOf(emulation, 'gone'), gone);
    netlify = netlifyHost(emulation, 'gone');
    rebuilt = await emulateSite({ ...site, files: filesWithoutAccount(site) }, { functions: ['account'] });
    await fill(openBlobsOf(rebuilt, 'gone'), gone);
    withoutFiles = netlifyHost(rebuilt, 'gone');
  });
  afterAll(async () => {
    await node.close();
    await rebuilt.close();
  });

  it.each(named(GONE_QUESTIONS))('%s', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(await answerOf(netlify, question)).toEqual(answer);
  });

  it.each(named(GONE_FILE_QUESTIONS))(
    '%s; while the build has the file, Netlify serves it',
    async (_name, question) => {
      const answer = await answerOf(node, question);
      expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
      expect(await answerOf(withoutFiles, question)).toEqual(answer);
    },
  );

  it.each(named(GONE_PART_QUESTIONS))('%s; at Netlify 404', async (_name, question) => {
    const answer = await answerOf(node, question);
    expect([answer.status, answer.headers['content-type']]).toEqual([question.status, question.type]);
    expect(await answerOf(withoutFiles, question)).toMatchObject({ status: 404 });
  });
});
