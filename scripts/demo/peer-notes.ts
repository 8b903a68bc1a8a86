import type { Context } from '@fedify/fedify';
import { Create, Delete, Note, PUBLIC_COLLECTION, QuoteRequest, Tombstone, Update } from '@fedify/vocab';
import { actionOn, actorOf, authorOf, found, idOf, type Of, type Said } from './peer-actions.ts';
import type { Peer } from './peer-application.ts';

export async function createNote(
  peer: Peer,
  context: Context<void>,
  saying: Of<'reply' | 'post' | 'message'>,
): Promise<Said> {
  const isPublic = saying.kind !== 'message';
  const isReply = saying.kind === 'reply';
  const target = new URL(saying.to);
  const to = isReply ? await authorOf(context, target) : target;
  const audience = isPublic ? { to: PUBLIC_COLLECTION, ...(isReply ? { cc: to } : {}) } : { to };
  const note = await writeNote(peer, context, saying, {
    ...audience,
    ...(isReply ? { replyTarget: target } : {}),
  });
  return { activity: new Create({ ...actionOn(peer, context, note, 'create'), ...audience }), to, about: idOf(note) };
}

export async function askToQuote(peer: Peer, context: Context<void>, saying: Of<'quote'>): Promise<Said> {
  const target = new URL(saying.to);
  const note = await writeNote(peer, context, saying, { to: PUBLIC_COLLECTION, quote: target, quoteUrl: target });
  const activity = new QuoteRequest({
    id: new URL(`#quote-request`, idOf(note)),
    actor: actorOf(peer, context),
    object: target,
    instrument: note,
  });
  return { activity, to: await authorOf(context, target), about: idOf(note) };
}

/** As Mastodon votes: a Note with a name, for who asks alone. */
export async function vote(peer: Peer, context: Context<void>, saying: Of<'vote'>): Promise<Said> {
  const target = new URL(saying.to);
  const to = await authorOf(context, target);
  const note = new Note({
    id: context.getObjectUri(Note, { name: saying.name }),
    attribution: actorOf(peer, context),
    name: saying.option,
    replyTarget: target,
    to,
  });
  return { activity: new Create({ ...actionOn(peer, context, note, 'create'), to }), to, about: idOf(note) };
}

/** Fedify reads the date itself: it brings its own `Temporal` where Node.js has none. */
async function writeNote(
  peer: Peer,
  context: Context<void>,
  { name, text }: { readonly name: string; readonly text: string },
  more: ConstructorParameters<typeof Note>[0],
): Promise<Note> {
  const note = new Note({
    id: context.getObjectUri(Note, { name }),
    attribution: actorOf(peer, context),
    content: `<p>${text}</p>`,
    published: await now(),
    ...more,
  });
  peer.notes.set(name, note);
  return note;
}

export async function editNote(peer: Peer, context: Context<void>, { name, text }: Of<'edit'>): Promise<Said> {
  const note = found(peer.notes, name).clone({ content: `<p>${text}</p>`, updated: await now() });
  peer.notes.set(name, note);
  const action = actionOn(peer, context, note, 'update');
  return {
    activity: new Update({ ...action, to: PUBLIC_COLLECTION }),
    to: await hearerOf(context, note),
    about: idOf(note),
  };
}

export async function deleteNote(peer: Peer, context: Context<void>, name: string): Promise<Said> {
  const note = found(peer.notes, name);
  peer.notes.delete(name);
  const action = { ...actionOn(peer, context, note, 'delete'), object: new Tombstone({ id: idOf(note) }) };
  return {
    activity: new Delete({ ...action, to: PUBLIC_COLLECTION }),
    to: await hearerOf(context, note),
    about: idOf(note),
  };
}

/** Whoever was told of a note is told of its edit and its end. */
async function hearerOf(context: Context<void>, note: Note): Promise<URL> {
  const target = note.replyTargetId ?? note.quoteId;
  if (!target) throw new Error(`${idOf(note).href} answers nothing`);
  return authorOf(context, target);
}

async function now(): Promise<Note['published']> {
  const json = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: 'Note',
    published: new Date().toISOString(),
  };
  return (await Note.fromJsonLd(json)).published;
}
