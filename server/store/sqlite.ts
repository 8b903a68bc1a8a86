import { sqliteActivities } from './sqlite-activities.ts';
import { sqliteActors } from './sqlite-actors.ts';
import { connect, type SqliteDatabase } from './sqlite-database.ts';
import { sqliteDeliveries } from './sqlite-deliveries.ts';
import { sqliteFollowers } from './sqlite-followers.ts';
import { sqliteHosts } from './sqlite-hosts.ts';
import { sqliteInbound } from './sqlite-inbound.ts';
import { sqliteInboxes } from './sqlite-inboxes.ts';
import { sqliteLedger } from './sqlite-ledger.ts';
import { migrate } from './sqlite-schema.ts';
import { sqliteWorkers } from './sqlite-workers.ts';
import type { Store } from './store.ts';

/**
 * Opens the store in one SQLite file, creating it and its folder when they are missing. Any number of processes of one
 * machine may hold the same file open; on a network file system locks cannot be trusted, so keep it on a local disk.
 * Throws PosternErrors whose code begins with `store-`.
 */
export function openSqliteStore(file: string): Store {
  const database = connect(file);
  try {
    migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return sqliteStoreOn(database);
}

/** The store on a connection whose schema is the newest. */
export function sqliteStoreOn(database: SqliteDatabase): Store {
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
    close: async () => database.close(),
  };
}
