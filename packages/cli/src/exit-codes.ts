/** What kind of failure ended a command; each kind has an exit code of its own. */
export type FailureKind = keyof typeof exitCodes;

/**
 * The exit code of every outcome but success, which is 0. Codes never change meaning between versions.
 */
export const exitCodes = {
  /** A fault in mctunnel itself. */
  internal: 1,
  /** The command line, the environment or the configuration file asks for something impossible. */
  usage: 2,
  /** A value in a file does not fit its column. */
  data: 3,
  /** No credentials, incomplete ones, or the service refused them or what they may do. */
  credentials: 4,
  /** The service could not be reached, or the connection kept failing until the retries were used up. */
  network: 5,
  /** The commit was sent and its answer is unknown: the rows may or may not be in the table. */
  "unknown-outcome": 6,
  /** An input file is missing, unreadable, malformed, or changed while it was read. */
  input: 7,
  /** The project, schema, table, partition or session does not exist, or the session has expired. */
  "not-found": 8,
  /** The session's state or its blocks do not allow what was asked. */
  conflict: 9,
  /** The service failed, or refused the request for a reason not listed here. */
  service: 10,
  /** Loaded and committed, but for records that were rejected and left out. */
  rejects: 11,
  /** A file that mctunnel itself keeps, a journal or rejects, cannot be written or read. */
  state: 12,
  /** Stopped by Ctrl-C (SIGINT). */
  interrupted: 130,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const;
