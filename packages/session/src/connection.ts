import { type Transport, TunnelError } from "@maxcompute-tunnel/transport";
import { type SessionClock, systemClock } from "./clock.ts";
import { SessionError } from "./errors.ts";

/** Where sessions live and how they are reached; one connection serves any number of sessions. */
export interface TunnelConnection {
  /** Signs, sends and retries single requests. */
  readonly transport: Transport;
  /**
   * The Tunnel endpoint, e.g. `https://dt.cn-hangzhou.maxcompute.aliyun.com`, or a function that finds it.
   * The function is asked once, when the first request needs it; a failure is not remembered.
   */
  readonly endpoint: string | (() => Promise<string>);
  /** Marks every request in the service's accounting. @default none */
  readonly tags?: readonly string[];
  /** The Tunnel quota to draw from, sent with every request. @default the project's own */
  readonly quotaName?: string;
  /** Sent with every request as the project the caller works in. @default none */
  readonly defaultProject?: string;
  /** Time, for polling and waiting. @default the machine's */
  readonly clock?: SessionClock;
}

/** A table by its full name. With `schema`, the project follows the three-level model. */
export interface TableName {
  readonly project: string;
  readonly schema?: string;
  readonly table: string;
}

/** The table's name in one piece, for messages. */
export function describeTable(table: TableName): string {
  return [table.project, table.schema, table.table].filter((part) => part !== undefined).join(".");
}

/** Path segments of a table. Protocol: `/projects/P[/schemas/S]/tables/T`. */
export function tablePath(table: TableName): readonly string[] {
  const { project, schema } = table;
  checkName("project", project);
  checkName("table", table.table);
  if (schema !== undefined) checkName("schema", schema);
  return ["projects", project, ...(schema === undefined ? [] : ["schemas", schema]), "tables", table.table];
}

/** The connection's clock. */
export function clockOf(connection: TunnelConnection): SessionClock {
  return connection.clock ?? systemClock;
}

/** The connection's endpoint, asking for it when nobody has yet. Those who ask together share one question. */
export function resolveEndpoint(
  connection: TunnelConnection,
  operation: string,
  signal?: AbortSignal,
): Promise<string> {
  const { endpoint } = connection;
  if (typeof endpoint === "string") return Promise.resolve(endpoint);
  let asked = askedEndpoints.get(endpoint);
  if (asked === undefined) {
    // `then` first: a function that throws at once must not leave a half-made entry.
    asked = Promise.resolve().then(endpoint);
    askedEndpoints.set(endpoint, asked);
    asked.catch(() => askedEndpoints.delete(endpoint));
  }
  return signal === undefined ? asked : orAborted(asked, operation, signal);
}

/** Settles with `promise`, or rejects as soon as the signal is aborted; what was begun goes on for the others. */
function orAborted<T>(promise: Promise<T>, operation: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortedError(operation, signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** The error of a call that the caller gave up. */
export function abortedError(operation: string, signal: AbortSignal | undefined): TunnelError {
  return new TunnelError("aborted by the caller", { code: "aborted", operation, cause: signal?.reason });
}

const askedEndpoints: WeakMap<() => Promise<string>, Promise<string>> = /*@__PURE__*/ new WeakMap();

function checkName(kind: string, name: string): void {
  // Dots alone are steps in a path, and control characters or halves of a character cannot be sent at all.
  if (name !== "" && !/^\.{1,2}$|[\p{Cc}\p{Cs}]/u.test(name)) return;
  throw new SessionError("invalid-argument", `Expected the name of a ${kind}, got ${JSON.stringify(name)}`);
}
