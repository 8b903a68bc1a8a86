import { SIZE_KINDS, type SizeKind } from './size-kinds.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer } from './sqlite-rows.ts';
import type { StoreSize } from './store.ts';

/** Where the rows of each kind are, and the columns that hold their content. */
const ROWS: Readonly<Record<SizeKind, { readonly from: string; readonly columns: string }>> = {
  followers: { from: 'followers', columns: 'actor inbox shared_inbox follow_id handle since' },
  'follow requests': { from: 'follow_requests', columns: 'actor inbox shared_inbox follow_id handle since' },
  replies: said('reply'),
  quotes: said('quote'),
  mentions: said('mention'),
  likes: said('like'),
  boosts: said('boost'),
  authors: { from: 'authors', columns: 'actor name handle url avatar emojis at' },
  pictures: { from: 'pictures', columns: 'url type bytes' },
  messages: { from: 'messages', columns: 'object sender jwe at' },
  notifications: { from: 'notifications', columns: 'key kind actor handle target interaction at' },
  stamps: { from: 'stamps', columns: 'id quote target actor at revoked' },
  'follows answered': { from: 'following', columns: 'actor state activity at' },
  reading: { from: 'reading', columns: 'id actor kind object author content in_reply_to at' },
  votes: { from: 'votes', columns: 'poll actor inbox at' },
  'quotes answered': { from: 'consents', columns: 'object quoted state stamp at' },
  posts: { from: 'ledger_objects', columns: 'id state type digest body_digest published updated title url source' },
  activities: { from: 'activities', columns: 'id type object json' },
  deliveries: { from: `deliveries WHERE state = 'pending'`, columns: 'object inbox host last_error' },
  receipts: { from: `deliveries WHERE state <> 'pending'`, columns: 'object inbox host last_error' },
  inboxes: { from: 'inboxes', columns: 'inbox' },
  'cached documents': { from: 'actors', columns: 'url document' },
  'seen activities': { from: 'seen', columns: 'id' },
  'kept activities': { from: 'received', columns: 'id type actor target object json at' },
};

function said(kind: string) {
  return {
    from: `interactions WHERE kind = '${kind}'`,
    columns: 'id target actor in_reply_to activity content emoji at',
  };
}

/** Counts what is stored, reading all of it: for commands. */
export function sqliteSizes(database: SqliteDatabase): () => Promise<readonly StoreSize[]> {
  const statements = SIZE_KINDS.map((kind) => {
    const { from, columns } = ROWS[kind];
    const bytes = columns.split(' ').map((column) => `coalesce(octet_length(${column}), 0)`);
    const sum = database.prepare(`SELECT count(*) AS n, coalesce(sum(${bytes.join(' + ')}), 0) AS bytes FROM ${from}`);
    return { kind, sum };
  });
  return async () =>
    database.read(() =>
      statements.map(({ kind, sum }) => {
        const row = sum.get() ?? {};
        return { kind, count: integer(row, 'n'), bytes: integer(row, 'bytes') };
      }),
    );
}
