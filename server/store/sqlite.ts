import { sqliteActivities } from './sqlite-activities.ts';
import { sqliteActors } from './sqlite-actors.ts';
import { sqliteAnswers } from './sqlite-answers.ts';
import { sqliteFollowRequests, sqliteStamps } from './sqlite-consent.ts';
import { connect, type SqliteDatabase } from './sqlite-database.ts';
import { sqliteDeliveries } from './sqlite-deliveries.ts';
import { sqliteFollowers } from './sqlite-followers.ts';
import { sqliteFollowing } from './sqlite-following.ts';
import { sqliteHosts } from './sqlite-hosts.ts';
import { sqliteInbound } from './sqlite-inbound.ts';
import { sqliteInboxes } from './sqlite-inboxes.ts';
import { sqliteInteractions } from './sqlite-interactions.ts';
import { sqliteLedger } from './sqlite-ledger.ts';
import { sqliteMedia } from './sqlite-media.ts';
import { sqliteMessages, sqliteNotifications } from './sqlite-messages.ts';
import { sqliteReading } from './sqlite-reading.ts';
import { type Migrated, migrate } from './sqlite-schema.ts';
import { sqliteSizes } from './sqlite-sizes.ts';
import { sqliteTransfer } from './sqlite-transfer.ts';
import { sqliteWorkers } from './sqlite-workers.ts';
import type { PortableStore } from './transfer-store.ts';

export interface SqliteOptions {
  /** Told when the file was of an older version, which cannot read it any more. */
  readonly onMigrated?: (migrated: Migrated) => void;
}

/**
 * Opens the store in one SQLite file, creating it and its folder when they are missing. Any number of processes of one
 * machine may hold the same file open; on a network file system locks cannot be trusted, so keep it on a local disk.
 * Throws PosternErrors whose code begins with `store-`.
 */
export function openSqliteStore(file: string, { onMigrated }: SqliteOptions = {}): PortableStore {
  const database = connect(file);
  try {
    const migrated = migrate(database);
    if (migrated) onMigrated?.(migrated);
  } catch (error) {
    database.close();
    throw error;
  }
  return sqliteStoreOn(database);
}

/** The store on a connection whose schema is the newest. */
export function sqliteStoreOn(database: SqliteDatabase): PortableStore {
  const interactions = sqliteInteractions(database);
  return {
    followers: sqliteFollowers(database),
    ledger: sqliteLedger(database),
    activities: sqliteActivities(database),
    deliveries: sqliteDeliveries(database),
    inbound: sqliteInbound(database),
    actors: sqliteActors(database),
    workers: sqliteWorkers(database),
    inboxes: sqliteInboxes(database),
    hosts: sqliteHosts(database),
    interactions,
    stamps: sqliteStamps(database),
    requests: sqliteFollowRequests(database),
    messages: sqliteMessages(database),
    notifications: sqliteNotifications(database),
    media: sqliteMedia(database),
    following: sqliteFollowing(database),
    reading: sqliteReading(database),
    answers: sqliteAnswers(database),
    transfer: sqliteTransfer(database, interactions),
    together: (writes) => database.together(writes),
    sizes: sqliteSizes(database),
    close: async () => database.close(),
  };
}
