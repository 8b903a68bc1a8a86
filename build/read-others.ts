import { type ReadBlocks, readBlocks } from './blocks.ts';
import { type FollowingList, readFollowing } from './following.ts';
import type { FindPerson } from './markdown-mentions.ts';
import type { Fault } from './model.ts';
import { findPeople, type OwnName, ownName } from './people.ts';
import { type RemoteCache, readRemoteCache } from './remote-cache.ts';
import type { OriginRule } from './settings.ts';

/** What the content folder says of others. */
export interface Others {
  readonly own: OwnName;
  readonly remote: RemoteCache;
  readonly people: FindPerson;
  readonly blocks: ReadBlocks;
  readonly following: FollowingList;
  readonly faults: readonly Fault[];
}

/** Reads who is known, followed and blocked. `profile` is as far as it could be read. */
export function readOthers(contentFolder: string, origin: OriginRule, profile: Parameters<typeof ownName>[1]): Others {
  const own = ownName(origin, profile);
  const [first = origin.fallback] = own.origins;
  const remote = readRemoteCache(contentFolder);
  const blocks = readBlocks(contentFolder, first);
  const following = readFollowing(contentFolder, { ownHandles: own.handles, blocks: blocks.blocks });
  return {
    own,
    remote: remote.cache,
    people: findPeople(remote.cache, own),
    blocks,
    following,
    faults: [...blocks.faults, ...following.faults, ...remote.faults],
  };
}
