import { INTERACTION_STATES } from '../federation/interaction.ts';
import type { OwnerAccess } from './owner-access.ts';
import { type Commands, isId, listOf, pageOf, withAll } from './owner-commands.ts';

/** What `POST /ap/owner` takes: what others said, who follows, how the blog is, and what is stored. */
export const ACCESS_COMMANDS = {
  'replies.list': (access, args) => {
    const page = pageOf(args);
    const states = args.states === undefined ? undefined : listOf(args.states, isState);
    if (page === undefined || (args.states !== undefined && states === undefined)) return undefined;
    return access.replies({ ...page, ...(states ? { states } : {}) });
  },
  'replies.show': (access, { id }) => (isId(id) ? access.reply(id).then((reply) => reply ?? null) : undefined),
  'replies.approve': (access, { ids }) => withAll(listOf(ids, isId), (all) => access.moderate('approve', all)),
  'replies.hide': (access, { ids }) => withAll(listOf(ids, isId), (all) => access.moderate('hide', all)),
  'replies.remove': (access, { ids }) => withAll(listOf(ids, isId), (all) => access.moderate('remove', all)),
  'messages.list': (access, args) => withAll(pageOf(args), (page) => access.messages(page)),
  'messages.remove': (access, { objects }) => withAll(listOf(objects, isId), (all) => access.removeMessages(all)),
  'followers.requests': (access, args) => withAll(pageOf(args), ({ limit }) => access.followRequests(limit)),
  'followers.approve': (access, { actors }) =>
    withAll(listOf(actors, isId), (all) => access.moderateFollows('approve', all)),
  'followers.reject': (access, { actors }) =>
    withAll(listOf(actors, isId), (all) => access.moderateFollows('reject', all)),
  'followers.remove': (access, { actors }) =>
    withAll(listOf(actors, isId), (all) => access.moderateFollows('remove', all)),
  'store.sizes': (access) => access.sizes(),
  status: (access) => access.status(),
  'reading.list': (access, args) => withAll(pageOf(args), ({ limit }) => access.reading(limit)),
  'notifications.secret': (access, { renew }) => access.feedSecret(renew === true),
} as const satisfies Commands<OwnerAccess>;

export type AccessCommand = keyof typeof ACCESS_COMMANDS;

function isState(value: unknown): value is (typeof INTERACTION_STATES)[number] {
  return INTERACTION_STATES.some((state) => state === value);
}
