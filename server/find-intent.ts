import { intentAddress } from '../federation/intents.ts';
import { createSlots, type Slots } from './http/wait-for-slot.ts';
import type { WebfingerAnswer, WebfingerClient } from './http/webfinger-client.ts';
import { makeRoom } from './make-room.ts';
import type { Deps } from './ports.ts';

/** Where a reader goes on, or in plain words why that is not known. */
export type FoundIntent =
  | { readonly kind: 'found'; readonly url: string }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 502 | 503; readonly message: string };

type IntentDeps = Pick<Deps, 'webfinger' | 'clock'>;

/** Servers that are asked at once, for all readers together, and readers that wait for their turn. */
const AT_ONCE = 8;
const MAX_WAITING = 64;

/** How long an answer is kept, a final and a passing failure; and how many are. */
const ANSWER_MS = 3_600_000;
const REFUSED_MS = 300_000;
const FAILED_MS = 60_000;
const MAX_KEPT = 2_000;

interface Asked {
  readonly slots: Slots;
  readonly underWay: Map<string, Promise<WebfingerAnswer | 'busy'>>;
  readonly kept: Map<string, { readonly answer: WebfingerAnswer; readonly until: number }>;
}

const asked = new WeakMap<WebfingerClient, Asked>();

/**
 * Finds where the server of an account opens a post of ours, to reply to it there. Anybody can make us ask, so servers are
 * asked once an hour for each handle, a few at once, and simultaneous readers share one request. Never throws for what a
 * server does.
 */
export async function findIntent(
  deps: IntentDeps,
  wanted: { readonly handle: string; readonly uri: string },
): Promise<FoundIntent> {
  const handle = normalHandle(wanted.handle);
  if (handle === undefined) return refuse(400, 'That is no handle: it looks like @you@your.server.');
  const answer = await ask(deps, handle);
  if (answer === 'busy') return refuse(503, 'Too many readers ask at once: try again in a minute.');
  if (answer.kind !== 'answer') return unanswered(handle, answer);
  const allowHttp = wanted.uri.startsWith('http:');
  const url = intentAddress(answer.templates, wanted.uri, { allowHttp });
  if (url !== undefined) return { kind: 'found', url };
  return refuse(404, `${hostOf(handle)} does not say where it opens posts: paste the address into its search instead.`);
}

/** `user@host`, the host in lower case and ASCII, so that one account is asked for once; undefined for what is no handle. */
function normalHandle(text: string): string | undefined {
  const [, user, host] = /^@?([^\s@/?#\\:]{1,100})@([^\s@/?#\\]{1,253})$/.exec(text.trim()) ?? [];
  if (user === undefined || host === undefined || !URL.canParse(`https://${host}`)) return undefined;
  return `${user}@${new URL(`https://${host}`).host}`;
}

async function ask({ webfinger, clock }: IntentDeps, handle: string): Promise<WebfingerAnswer | 'busy'> {
  const known = asked.get(webfinger) ?? {
    slots: createSlots({ atOnce: AT_ONCE, waiting: MAX_WAITING }),
    underWay: new Map(),
    kept: new Map(),
  };
  asked.set(webfinger, known);
  const { kept, underWay } = known;
  const before = kept.get(handle);
  if (before && before.until > clock()) return before.answer;
  const shared = underWay.get(handle) ?? askAnew(known, { webfinger, clock }, handle);
  underWay.set(handle, shared);
  return shared.finally(() => underWay.delete(handle));
}

async function askAnew(
  { slots, kept }: Asked,
  { webfinger, clock }: IntentDeps,
  handle: string,
): Promise<WebfingerAnswer | 'busy'> {
  if (!(await slots.take())) return 'busy';
  try {
    const answer = await webfinger.get(handle);
    kept.delete(handle);
    makeRoom(kept, MAX_KEPT);
    kept.set(handle, { answer, until: clock() + keptMs(answer) });
    return answer;
  } finally {
    slots.give();
  }
}

function keptMs({ kind }: WebfingerAnswer): number {
  if (kind === 'answer') return ANSWER_MS;
  return kind === 'failed' ? FAILED_MS : REFUSED_MS;
}

function unanswered(handle: string, answer: Exclude<WebfingerAnswer, { kind: 'answer' }>): FoundIntent {
  const host = hostOf(handle);
  if (answer.kind === 'blocked') return refuse(400, `${host} is no server on the internet.`);
  if (answer.kind === 'failed') return refuse(502, `${host} does not answer just now: try again later.`);
  if (answer.status === 404 || answer.status === 410) return refuse(404, `${host} knows nobody called @${handle}.`);
  return refuse(404, `${host} is no fediverse server, or does not say who @${handle} is.`);
}

function hostOf(handle: string): string {
  return handle.slice(handle.indexOf('@') + 1);
}

function refuse(status: 400 | 404 | 502 | 503, message: string): FoundIntent {
  return { kind: 'refused', status, message };
}
