import type { Context } from '@fedify/fedify';
import {
  type Activity,
  Announce,
  Create,
  Delete,
  EmojiReact,
  isActor,
  Like,
  Note,
  PUBLIC_COLLECTION,
  QuoteRequest,
  Tombstone,
  Undo,
  Update,
} from '@fedify/vocab';
import type { Deed, Peer } from './peer-application.ts';
import type { Saying } from './peer-messages.ts';

/** An activity, and whom it concerns. */
interface Said {
  readonly activity: Activity;
  /** The actor's id. */
  readonly to: URL;
  /** The id of what was said or done. */
  readonly about: URL;
}

/**
 * Lets the user say or do something, and sends it to whom it concerns. Fedify adds its object integrity proof and its LD
 * signature, and throws when the inbox does not take it.
 */
export async function say(peer: Peer, context: Context<void>, saying: Saying): Promise<Said> {
  const said = await wordsOf(peer, context, saying);
  const actor = await context.lookupObject(said.to);
  if (!isActor(actor)) throw new Error(`${said.to.href} is not an actor`);
  await context.sendActivity({ identifier: peer.user.identifier }, actor, said.activity);
  return said;
}

function wordsOf(peer: Peer, context: Context<void>, saying: Saying): Promise<Said> {
  switch (saying.kind) {
    case 'reply':
    case 'message':
      return createNote(peer, context, saying);
    case 'quote':
      return askToQuote(peer, context, saying);
    case 'like':
    case 'boost':
    case 'react':
      return doDeed(peer, context, saying);
    case 'edit':
      return editNote(peer, context, saying);
    case 'delete':
      return deleteNote(peer, context, saying.name);
    case 'undo':
      return undoDeed(peer, context, saying.name);
  }
}

type Of<Kind extends Saying['kind']> = Extract<Saying, { readonly kind: Kind }>;

async function createNote(peer: Peer, context: Context<void>, saying: Of<'reply' | 'message'>): Promise<Said> {
  const isPublic = saying.kind === 'reply';
  const target = new URL(saying.to);
  const to = isPublic ? await authorOf(context, target) : target;
  const audience = isPublic ? { to: PUBLIC_COLLECTION, cc: to } : { to };
  const note = await writeNote(peer, context, saying, {
    ...audience,
    ...(isPublic ? { replyTarget: target } : {}),
  });
  return { activity: new Create({ ...actionOn(peer, context, note, 'create'), ...audience }), to, about: idOf(note) };
}

async function askToQuote(peer: Peer, context: Context<void>, saying: Of<'quote'>): Promise<Said> {
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

async function editNote(peer: Peer, context: Context<void>, { name, text }: Of<'edit'>): Promise<Said> {
  const note = found(peer.notes, name).clone({ content: `<p>${text}</p>`, updated: await now() });
  peer.notes.set(name, note);
  const action = actionOn(peer, context, note, 'update');
  return {
    activity: new Update({ ...action, to: PUBLIC_COLLECTION }),
    to: await hearerOf(context, note),
    about: idOf(note),
  };
}

async function deleteNote(peer: Peer, context: Context<void>, name: string): Promise<Said> {
  const note = found(peer.notes, name);
  peer.notes.delete(name);
  const action = { ...actionOn(peer, context, note, 'delete'), object: new Tombstone({ id: idOf(note) }) };
  return {
    activity: new Delete({ ...action, to: PUBLIC_COLLECTION }),
    to: await hearerOf(context, note),
    about: idOf(note),
  };
}

async function doDeed(peer: Peer, context: Context<void>, saying: Of<'like' | 'boost' | 'react'>): Promise<Said> {
  const { name } = saying;
  const target = new URL(saying.to);
  const to = await authorOf(context, target);
  const activity = deedOf(context, saying, { actor: actorOf(peer, context), object: target, to });
  peer.deeds.set(name, activity);
  return { activity, to, about: idOf(activity) };
}

function deedOf(
  context: Context<void>,
  saying: Of<'like' | 'boost' | 'react'>,
  deed: { readonly actor: URL; readonly object: URL; readonly to: URL },
): Deed {
  const { name } = saying;
  switch (saying.kind) {
    case 'like':
      return new Like({ id: context.getObjectUri(Like, { name }), ...deed });
    case 'boost':
      return new Announce({
        id: context.getObjectUri(Announce, { name }),
        ...deed,
        to: PUBLIC_COLLECTION,
        cc: deed.to,
      });
    case 'react':
      return new EmojiReact({ id: context.getObjectUri(EmojiReact, { name }), ...deed, content: saying.emoji });
  }
}

async function undoDeed(peer: Peer, context: Context<void>, name: string): Promise<Said> {
  const deed = found(peer.deeds, name);
  peer.deeds.delete(name);
  if (!deed.objectId) throw new Error(`${name} has no object`);
  const to = await authorOf(context, deed.objectId);
  return { activity: new Undo({ ...actionOn(peer, context, deed, 'undo'), to }), to, about: idOf(deed) };
}

/** What every activity about something of one's own has. */
function actionOn<T extends Note | Activity>(peer: Peer, context: Context<void>, object: T, verb: string) {
  return { id: new URL(`#${verb}-${Date.now()}`, idOf(object)), actor: actorOf(peer, context), object };
}

function actorOf({ user }: Peer, context: Context<void>): URL {
  return context.getActorUri(user.identifier);
}

async function authorOf(context: Context<void>, id: URL): Promise<URL> {
  const object = await context.lookupObject(id);
  if (!object?.attributionId) throw new Error(`${id.href} names no author`);
  return object.attributionId;
}

/** Whoever was told of a note is told of its edit and its end. */
async function hearerOf(context: Context<void>, note: Note): Promise<URL> {
  const target = note.replyTargetId ?? note.quoteId;
  if (!target) throw new Error(`${idOf(note).href} answers nothing`);
  return authorOf(context, target);
}

function idOf({ id }: { readonly id: URL | null }): URL {
  if (!id) throw new Error('what was said has no id');
  return id;
}

function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (one === undefined) throw new Error(`nothing is called ${name}`);
  return one;
}

async function now(): Promise<Note['published']> {
  const json = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    type: 'Note',
    published: new Date().toISOString(),
  };
  return (await Note.fromJsonLd(json)).published;
}
