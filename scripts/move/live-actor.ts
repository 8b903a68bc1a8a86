import { own } from '../../federation/inbox/bounds.ts';
import { idOf, idsOf } from '../../federation/inbox/references.ts';
import { isActivityType } from '../../federation/negotiate.ts';
import { came, jsonOf } from '../doctor/answers.ts';
import { openAsk } from '../doctor/ask.ts';
import { GOTOSOCIAL, MASTODON, type Voice } from '../doctor/voices.ts';

/** What the live actor document says of other accounts, or why nobody can read it. */
export type LiveActor =
  | { readonly kind: 'read'; readonly alsoKnownAs: readonly string[]; readonly movedTo?: string }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads the live actor document as two servers do, one after the other: what a cache keeps of before would be seen by some, so
 * both must say the same. Never throws for what the blog does.
 */
export async function readLiveActor(actor: string, { allowPrivate }: { allowPrivate: boolean }): Promise<LiveActor> {
  const { ask, close } = openAsk({ allowPrivate, clock: Date.now });
  try {
    const first = await readAs(MASTODON);
    if (first.kind === 'unreadable') return first;
    const second = await readAs(GOTOSOCIAL);
    if (second.kind === 'unreadable') return second;
    if (JSON.stringify(first) === JSON.stringify(second)) return first;
    return {
      kind: 'unreadable',
      why: 'it says one thing the first time and another the second; a cache is in between',
    };
  } finally {
    close();
  }

  async function readAs(voice: Voice): Promise<LiveActor> {
    const answer = await ask(actor, { voice });
    const unreadable = (why: string): LiveActor => ({ kind: 'unreadable', why });
    if (answer.kind === 'none' || answer.status !== 200) return unreadable(`${voice.name} gets ${came(answer)}`);
    if (!isActivityType(answer.headers['content-type'])) return unreadable(`${voice.name} gets ${came(answer)}`);
    const read = jsonOf(answer);
    if ('fault' in read) return unreadable(`what comes ${read.fault}`);
    if (own(read.json, 'id') !== actor) return unreadable('its id is another');
    const movedTo = idOf(own(read.json, 'movedTo'));
    return {
      kind: 'read',
      alsoKnownAs: idsOf(own(read.json, 'alsoKnownAs')),
      ...(movedTo === undefined ? {} : { movedTo }),
    };
  }
}
