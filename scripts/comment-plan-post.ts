import { isJsonObject, type JsonObject } from '../federation/vocabulary.ts';
import { type CommentTarget, PAGE } from './comment-plan-target.ts';

/** What a git host answered: `value` is its JSON, undefined when it is none. */
export interface HostAnswer {
  readonly status: number;
  readonly value?: unknown;
  /** The host wants fewer requests. */
  readonly limited: boolean;
}

/** Asks the git host; throws only `HostFault`. */
export type AskHost = (method: string, url: string, body?: JsonObject) => Promise<HostAnswer>;

/** There was no answer. Its message is for people, and holds nothing of what was sent. */
export class HostFault extends Error {}

export type Posted =
  | { readonly kind: 'created' | 'updated' | 'unchanged' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A request with more comments than this gets another one. */
const MOST_PAGES = 40;

/**
 * Puts a text below a pull or merge request as one comment, which is found again by the marker that its first line is. A
 * comment of somebody else is never taken for it, whatever it says. Never throws for what the host does.
 */
export async function postComment(ask: AskHost, target: CommentTarget, marker: string, text: string): Promise<Posted> {
  const body = `${marker}\n${text}`;
  try {
    const own = await findOwn(ask, target, marker);
    if (typeof own === 'string') return { kind: 'failed', reason: own };
    if (own?.body === body) return { kind: 'unchanged' };
    if (own) {
      const updated = await ask(target.updateMethod, target.comment(own.id), { body });
      // Somebody may have removed it just now.
      if (updated.status !== 404) return outcome(updated, 'updated');
    }
    return outcome(await ask('POST', target.comments, { body }), 'created');
  } catch (error) {
    if (error instanceof HostFault) return { kind: 'failed', reason: error.message };
    throw error;
  }
}

interface OwnComment {
  readonly id: number;
  readonly body: string;
}

/** The comment of the token's own account that begins with the marker, or why that cannot be told. */
async function findOwn(ask: AskHost, target: CommentTarget, marker: string): Promise<OwnComment | string | undefined> {
  const whoami = await ask('GET', target.me);
  if (whoami.status === 401 || whoami.status >= 500 || whoami.limited) return reasonOf(whoami);
  const me = whoami.status === 200 && isJsonObject(whoami.value) ? whoami.value.id : undefined;
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const answer = await ask('GET', target.page(number));
    if (answer.status !== 200) return reasonOf(answer);
    if (!Array.isArray(answer.value)) return 'its answer is not a list of comments';
    for (const comment of answer.value) {
      const own = readOwn(comment, marker, me);
      if (own) return own;
    }
    if (answer.value.length < PAGE) return undefined;
  }
  return undefined;
}

/** A token of an app belongs to no user who could be asked for (GitHub Actions): its comments are those of a bot. */
function readOwn(comment: unknown, marker: string, me: unknown): OwnComment | undefined {
  if (!isJsonObject(comment)) return undefined;
  const { id, body } = comment;
  const author = comment.user ?? comment.author;
  if (typeof id !== 'number' || typeof body !== 'string' || !isJsonObject(author)) return undefined;
  // GitHub gives back the line ends of its forms.
  const text = body.replaceAll('\r\n', '\n');
  if (!text.startsWith(`${marker}\n`)) return undefined;
  const isOwn = me === undefined ? author.type === 'Bot' : author.id === me;
  return isOwn ? { id, body: text } : undefined;
}

function outcome(answer: HostAnswer, kind: 'created' | 'updated'): Posted {
  return answer.status === 200 || answer.status === 201 ? { kind } : { kind: 'failed', reason: reasonOf(answer) };
}

function reasonOf({ status, limited }: HostAnswer): string {
  if (limited) return `it wants fewer requests (${status})`;
  if (status === 401) return 'it does not take the token (401): it may have expired';
  if (status === 403) return 'the token may not comment there (403)';
  if (status === 404) return 'it finds no such request, or the token may not see it (404)';
  if (status >= 300 && status < 400) return `it redirects (${status}): the repository may have another name now`;
  return `it answers ${status}`;
}
