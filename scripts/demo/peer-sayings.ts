import type { Context } from '@fedify/fedify';
import { isActor } from '@fedify/vocab';
import type { Said } from './peer-actions.ts';
import { accept } from './peer-answers.ts';
import type { Peer } from './peer-application.ts';
import { doDeed, undoDeed } from './peer-deeds.ts';
import type { Saying } from './peer-messages.ts';
import { askToQuote, createNote, deleteNote, editNote, vote } from './peer-notes.ts';

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
    case 'post':
    case 'message':
      return createNote(peer, context, saying);
    case 'vote':
      return vote(peer, context, saying);
    case 'accept':
      return accept(peer, context, saying);
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
    default:
      return saying satisfies never;
  }
}
