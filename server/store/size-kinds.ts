/** What a store counts, in the order in which it is shown. */
export const SIZE_KINDS = [
  'followers',
  'follow requests',
  'replies',
  'quotes',
  'mentions',
  'likes',
  'boosts',
  'authors',
  'pictures',
  'messages',
  'notifications',
  'stamps',
  'follows answered',
  'reading',
  'votes',
  'quotes answered',
  'posts',
  'activities',
  'deliveries',
  'receipts',
  'inboxes',
  'cached documents',
  'seen activities',
  'kept activities',
] as const;

export type SizeKind = (typeof SIZE_KINDS)[number];
