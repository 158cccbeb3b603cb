/**
 * A point on the time line, exact to the nanosecond: TIMESTAMP counts from 1970-01-01T00:00:00Z; TIMESTAMP_NTZ
 * counts a wall clock without a zone as if it stood in UTC.
 */
export interface Timestamp {
  /** Whole seconds, rounded down: half a second before 1970 is -1. */
  readonly seconds: bigint;
  /** Nanoseconds after `seconds`, 0 to 999,999,999. */
  readonly nanos: number;
}

/** A length of time of INTERVAL_DAY_TIME; minus half a second is -1 second and 500,000,000 nanoseconds. */
export interface DayTimeInterval {
  /** Whole seconds, rounded down. */
  readonly seconds: bigint;
  /** Nanoseconds to add, 0 to 999,999,999. */
  readonly nanos: number;
}
