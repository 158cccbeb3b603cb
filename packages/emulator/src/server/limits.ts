import { EmulatorError } from "../errors.ts";

/** What one client may ask of an emulator at most, so that no request can take the machine with it. */
export interface EmulatorLimits {
  /** Bytes of a request's line and headers together; more is answered with 431. @default 64 KiB */
  readonly headerBytes?: number;
  /** Bytes of a request's path and query; more is `InvalidURI`. @default 32 KiB */
  readonly urlBytes?: number;
  /** Time a client has from its first byte, or from connecting, to the end of its headers. @default 60 000 */
  readonly headersTimeoutMs?: number;
  /** Connections that carry no request are closed after this. @default 600 000 */
  readonly idleConnectionMs?: number;
  /**
   * Connections open at once; more are closed as they come. @default 10 000
   *
   * The Go client leaves about a thousand open.
   */
  readonly connections?: number;
  /** Requests served at once; more are `ServiceUnavailable`. @default 1000 */
  readonly requests?: number;
  /** Bytes of an XML document, such as a job with its SQL; more is `MaxMessageLengthExceeded`. @default 16 MiB */
  readonly documentBytes?: number;
  /** Time a client has to send such a document; more is `RequestTimeOut`. @default 120 000 */
  readonly documentMs?: number;
  /** Decoded bytes of a block or another body of rows; more is `MaxMessageLengthExceeded`. @default 100 GiB */
  readonly bodyBytes?: number;
  /**
   * How many times its compressed size a body may decode to; more is `MaxMessageLengthExceeded`. @default 1200
   *
   * Deflate cannot do more than 1032; equal rows may compress further with zstd, and `inflateFreeBytes` lets them.
   */
  readonly inflateRatio?: number;
  /** Decoded bytes up to which `inflateRatio` is not asked about. @default 256 MiB */
  readonly inflateFreeBytes?: number;
}

/** Limits with their defaults. */
export type ResolvedLimits = Required<EmulatorLimits>;

const defaults: ResolvedLimits = {
  headerBytes: 64 * 1024,
  urlBytes: 32 * 1024,
  headersTimeoutMs: 60_000,
  idleConnectionMs: 600_000,
  connections: 10_000,
  requests: 1000,
  documentBytes: 16 * 1024 * 1024,
  documentMs: 120_000,
  bodyBytes: 100 * 1024 ** 3,
  inflateRatio: 1200,
  inflateFreeBytes: 256 * 1024 * 1024,
};

/** The names of all limits. */
export const limitNames: readonly (keyof EmulatorLimits)[] = Object.keys(
  defaults,
) as (keyof EmulatorLimits)[];

/** Fills in defaults. @throws EmulatorError `invalid-option` for what is no whole number above 0 */
export function resolveLimits(limits: EmulatorLimits = {}): ResolvedLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!(Number.isSafeInteger(value) && value > 0)) {
      throw new EmulatorError(
        "invalid-option",
        `Expected the limit ${name} to be a whole number above 0, got ${value}`,
      );
    }
  }
  return { ...defaults, ...limits };
}
