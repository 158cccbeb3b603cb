import type { Permissions } from "./auth/permissions.ts";
import type { AdjustableClock } from "./clock.ts";
import type { RequestFacts } from "./faults/fault-book.ts";
import type { Faults } from "./faults/faults.ts";
import type { EmulatorLimits } from "./server/limits.ts";
import type { FileSystem } from "./storage/file-system.ts";

/** A key that clients may sign with. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Makes the key a temporary one: requests must carry this token in `authorization-sts-token`. */
  readonly securityToken?: string;
  /** What the key may do, by project, such as `{ shop: "write", "*": "read" }`. @default everything */
  readonly permissions?: Permissions;
}

/** A bearer token that is accepted in place of a signature. */
export interface BearerToken {
  readonly token: string;
  /** Whom it stands for: the owner of what is created with it. @default "bearer" */
  readonly name?: string;
  /** What it allows, by project. @default everything */
  readonly permissions?: Permissions;
}

/** How an emulator is set up; everything has a default fit for a test. */
export interface EmulatorOptions {
  /** TCP port; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Address to listen on; one that other machines can reach needs `allowRemote`. @default "127.0.0.1" */
  readonly host?: string;
  /** Lets `host` be an address that other machines can reach: keys then travel unencrypted. @default false */
  readonly allowRemote?: boolean;
  /** Where everything is kept. @default a temporary directory, removed when the emulator closes */
  readonly dataDir?: string;
  /** The project that exists from the start. @default "emulated" */
  readonly project?: string;
  /** Further projects that exist from the start. @default none */
  readonly projects?: readonly string[];
  /** Access key id that clients sign with. @default "emulator" */
  readonly accessKeyId?: string;
  /** Access key secret that clients sign with. @default "emulator-secret" */
  readonly accessKeySecret?: string;
  /** Makes the key above a temporary one (STS): requests must carry this token. @default none */
  readonly securityToken?: string;
  /** What the key above may do, by project. @default everything */
  readonly permissions?: Permissions;
  /** Further keys. @default none */
  readonly accessKeys?: readonly AccessKey[];
  /** Bearer tokens that are accepted in place of a signature; one given as text allows everything. @default none */
  readonly bearerTokens?: readonly (string | BearerToken)[];
  /**
   * What a commit of an already committed session is told: 200 and the closed session, 409 `StatusConflict`,
   * or 404 `NoSuchUpload`. The service has not documented which; clients must cope with each. @default "closed"
   */
  readonly secondCommit?: SecondCommit;
  /**
   * `lenient` takes what a server should refuse: bodies without a footer, empty bodies, and a second commit, which loads
   * the rows again. It shows what strictness hides: a client that needs it to refuse. @default "strict"
   */
  readonly profile?: Profile;
  /**
   * `real` keeps the rate quotas of the service: on each table 500 upload sessions and 500 blocks in five minutes, and
   * 32 commits at a time. @default "none"
   */
  readonly quotas?: Quotas;
  /**
   * Answers `/__emulator/faults`, `/__emulator/requests` and `/__emulator/clock`, to programs on this machine only: how
   * another process does what `faults`, `requests` and `clock` do here. @default false
   */
  readonly control?: boolean;
  /** What a client may ask for at most. @default see each limit */
  readonly limits?: EmulatorLimits;
  /** `CREATE TABLE` statements to run before the first request. @default none */
  readonly tables?: readonly string[];
  /** Time for session lifetimes and idle connections. @default the machine's, which `clock.advance` puts forward */
  readonly clock?: AdjustableClock;
  /** Receives structured log lines. @default nothing is logged */
  readonly logger?: EmulatorLogger;
  /** Files, so that a test can fill the disk. @default the machine's file system */
  readonly fileSystem?: FileSystem;
}

/** What a second commit of one session is answered with. */
export type SecondCommit = "closed" | "conflict" | "not-found";

/** How strictly uploads are held to the protocol. */
export type Profile = "strict" | "lenient";

/** Which rate quotas are kept. */
export type Quotas = "none" | "real";

/** The part of a pino logger that is used. Fields never hold secrets. */
export interface EmulatorLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Logs nothing. */
export const silentLogger: EmulatorLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** One answered request, without keys, tokens, signatures or bodies. */
export interface RequestRecord extends Partial<RequestFacts> {
  readonly requestId: string;
  /** When it was answered, in milliseconds since 1970 by the emulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Path and query as they arrived, secrets removed. */
  readonly url: string;
  /** Header fields by their names in lower case; those that prove who sent them say "[removed]". */
  readonly headers: Readonly<Record<string, string>>;
  /** What was answered, or would have been without a fault on the way back; 0 when the work was not even begun. */
  readonly status: number;
  /** Error code of the answer, such as `NoSuchUpload`. */
  readonly code?: string;
  /** Ids of the fault rules that acted. @default none did */
  readonly faults?: readonly string[];
}

/** An emulator that accepts requests. */
export interface RunningEmulator {
  /** `http://127.0.0.1:<port>`, unless another `host` was asked for; service and tunnel both, the service also below `/api`. */
  readonly endpoint: string;
  readonly port: number;
  readonly project: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The clock the emulator lives by: `clock.advance(24 * 3_600_000)` expires every session. */
  readonly clock: AdjustableClock;
  /** Rules that make things go wrong. */
  readonly faults: Faults;
  /** The last 1000 requests, oldest first. */
  readonly requests: readonly RequestRecord[];
  /**
   * Runs DDL statements, such as `create table t (id bigint)`.
   *
   * @throws EmulatorError `invalid-sql` with the service's own message
   */
  createTable(ddl: string): Promise<void>;
  /**
   * Reads the committed rows of a table, or of one partition, as the codec decodes them.
   *
   * Meant for tests: all rows are held in memory.
   *
   * @throws EmulatorError `not-found` when there is no such table or partition
   */
  readRows(table: string, partition?: string): Promise<Record<string, unknown>[]>;
  /** Stops listening, ends open connections and closes the files; later calls wait for the first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
