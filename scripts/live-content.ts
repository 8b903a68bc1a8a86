import { z } from 'zod';
import { HEAD_PATH } from '../federation/manifest-parts.ts';
import { PosternError } from '../server/errors.ts';
import { bodyWithin, errorText } from '../server/http/bodies.ts';

const DEADLINE_MS = 20_000;
/** The head of a manifest has one entry for each of at most 256 buckets. */
const MAX_BYTES = 262_144;

const headSchema = z.object({ content: z.string().min(1).max(2_048) });

/**
 * Reads which build is live at an origin: see `Manifest.content`. A redirect is not followed. Throws `live-unavailable` for
 * whatever is no such answer.
 */
export async function readLiveContent(origin: string, deadlineMs = DEADLINE_MS): Promise<string> {
  const url = origin + HEAD_PATH;
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw unavailable(url, `it answers ${response.status}`);
    }
    const text = (await bodyWithin(response.body, MAX_BYTES))?.toString() ?? '';
    const read = headSchema.safeParse(JSON.parse(text));
    if (read.success) return read.data.content;
    throw unavailable(url, 'it is no manifest');
  } catch (error) {
    if (error instanceof PosternError) throw error;
    if (error instanceof SyntaxError) throw unavailable(url, 'it is no manifest', error);
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw unavailable(url, signal.aborted ? `no answer within ${deadlineMs / 1000} s` : errorText(reason), error);
  }
}

function unavailable(url: string, why: string, cause?: unknown): PosternError {
  return new PosternError('live-unavailable', `What is live cannot be read at ${url}: ${why}.`, {
    hint: 'Name the blog by the origin that it was built for, and see that a build of this version of Postern is live there.',
    facts: { url },
    ...(cause === undefined ? {} : { cause }),
  });
}
