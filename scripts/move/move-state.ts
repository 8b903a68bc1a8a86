import pc from 'picocolors';
import type { DeliveryState } from '../../federation/delivery.ts';
import { PosternError } from '../../server/errors.ts';
import { count, printJson } from '../command.ts';
import { readFollowers, typed, withSending } from '../sending-access.ts';
import { shownUtc } from '../times.ts';
import { type MoveContext, openMove } from './context.ts';
import { readLiveActor } from './live-actor.ts';
import { more, next, say } from './say.ts';
import { readTold, type ToldActivity } from './told-moves.ts';

interface StateOptions {
  readonly at?: string;
  readonly json?: true;
}

interface Sent {
  readonly followers: number;
  readonly told: readonly ToldActivity[];
}

/** Tells where a move stands: what the files say, what is live, what was told when and to how many, and who is left. */
export async function showMove(options: StateOptions): Promise<void> {
  const context = openMove();
  const { profile, actor, settings } = context;
  const sent = await withSending(
    options.at,
    async ({ sending }): Promise<Sent> => ({
      followers: (await readFollowers(sending, 1)).total,
      told: await readTold(sending, actor),
    }),
  ).catch((error: unknown): Sent => {
    if (error instanceof PosternError && error.code === 'no-store') return { followers: 0, told: [] };
    throw error;
  });
  const live = await readLiveActor(actor, { allowPrivate: settings.allowPrivateAddresses });
  const { alsoKnownAs, movedTo, formerUsernames = [] } = profile;
  if (options.json) {
    printJson({ handle: context.handle, actor, alsoKnownAs, movedTo, formerUsernames, live, ...sent });
    return;
  }
  console.log(`${pc.bold(context.handle)}  ${pc.dim(actor)}`);
  const liveOf = (id: string, has: boolean): string =>
    live.kind === 'unreadable'
      ? `${id}; what is live cannot be seen: ${live.why}`
      : `${id}${has ? ', live' : ', not live yet'}`;
  for (const id of alsoKnownAs) {
    say('in', `takes followers from ${liveOf(id, live.kind === 'read' && live.alsoKnownAs.includes(id))}`);
  }
  if (movedTo !== undefined)
    say('out', `moves to ${liveOf(movedTo, live.kind === 'read' && live.movedTo === movedTo)}`);
  for (const name of formerUsernames) say('name', `was @${name}@${new URL(actor).host}, and is still found by it`);
  if (alsoKnownAs.length + formerUsernames.length === 0 && movedTo === undefined) {
    say('stays', 'it is known as no other account, and moves to none', pc.dim);
  }
  tellSent(context, sent, options.at);
}

function tellSent({ profile: { movedTo } }: MoveContext, { followers, told }: Sent, at: string | undefined): void {
  const move = told.find(({ type }) => type === 'Move');
  if (move) {
    say('told', `the Move at ${shownUtc(move.at)}: ${countsText(move.counts)}`);
    say('left', `${count(followers, 'follower')} here: those who moved unfollow when their server has done it`);
    if (move.counts.pending > 0) next(`${typed('deliveries', at)} says who is still to be told`);
    else if (movedTo !== undefined)
      more(
        'Keep the site up for some months: servers that hear of it later look here. npm run move -- undo takes it back.',
      );
    return;
  }
  say('left', `${count(followers, 'follower')} here; no Move was told`, pc.dim);
  if (movedTo !== undefined)
    next(`npm run publish -- ${at === undefined ? '' : `--at ${at} `}--confirm account-move tells it`);
}

/** `3 inboxes reached, 1 to be tried again`. */
export function countsText(counts: Readonly<Record<DeliveryState, number>>): string {
  const refused = counts.failed + counts.gone;
  return [
    `${count(counts.delivered, 'inbox', 'inboxes')} reached`,
    ...(counts.pending > 0 ? [`${counts.pending} to be tried again`] : []),
    ...(refused > 0 ? [`${refused} refused or gone`] : []),
  ].join(', ');
}
