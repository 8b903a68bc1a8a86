import type { Addressee } from './manifest.ts';
import type { PostFacts } from './post-object.ts';
import type { KnownActor, Reference } from './reference.ts';
import type { JsonObject } from './vocabulary.ts';

/** Whom a post may be about; `PostFacts` has this shape. */
interface Naming {
  readonly inReplyTo?: Reference;
  readonly quotationOf?: Reference;
  readonly mentions?: readonly KnownActor[];
}

/**
 * Gives whom a post addresses by name, each once: the author whom it answers, those whom its text names in their order, and
 * the author whom it quotes. Not the blog itself, and nobody whose post may not be quoted: what refuses that is linked, no
 * more. Never fails. (Mastodon: neither a mention nor a reply notifies without a Mention)
 */
export function addressedBy({ inReplyTo, mentions = [], quotationOf }: Naming, self: string): readonly KnownActor[] {
  const quoted = quotationOf?.kind === 'known' && quotationOf.object.refusesQuotes ? undefined : quotationOf;
  const all = [...authorOf(inReplyTo), ...mentions, ...authorOf(quoted)];
  return [...new Map(all.filter(({ id }) => id !== self).map((actor) => [actor.id, actor])).values()];
}

/** Gives the Mention of somebody: `href` is the actor's id, for GoToSocial and Mastodon know nobody by a page. (Activity Vocabulary, Mention) */
export function mentionTag({ id, handle }: KnownActor): JsonObject {
  return { type: 'Mention', href: id, name: handle };
}

/**
 * Gives somebody as who is told. `shared`: what others of their server may see goes to its shared inbox where it has one;
 * `personal`: what is for them alone (Like, Follow, QuoteRequest). Never fails. (ActivityPub §7.1.3)
 */
export function addresseeOf({ id, inbox, sharedInbox, handle }: KnownActor, kind: 'shared' | 'personal'): Addressee {
  return { actor: id, inbox: kind === 'shared' ? (sharedInbox ?? inbox) : inbox, handle };
}

/** Gives what of a post nobody could resolve, as its file has it; of an imported one nobody tried. Never fails. */
export function unresolvedIn(
  post: Naming & Partial<Pick<PostFacts, 'unknownMentions' | 'originalUrl'>>,
): readonly string[] {
  if (post.originalUrl !== undefined) return [];
  const references = [post.inReplyTo, post.quotationOf].flatMap((each) =>
    each?.kind === 'unresolved' ? [each.url] : [],
  );
  return [...references, ...(post.unknownMentions ?? [])];
}

function authorOf(reference: Reference | undefined): readonly KnownActor[] {
  return reference?.kind === 'known' ? [reference.object.author] : [];
}
