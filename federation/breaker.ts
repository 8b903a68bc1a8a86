/** What is known of a host that fails. Times are milliseconds since the epoch. */
export interface HostHealth {
  readonly host: string;
  /** Failures in a row, over all deliveries. */
  readonly failures: number;
  readonly failingSince: number;
  /** Different days (UTC) on which it failed, in this row. */
  readonly failedDays: number;
  readonly lastFailureAt: number;
  /** While open nothing is sent but one probe at this time. Absent while closed. */
  readonly openUntil?: number;
}
