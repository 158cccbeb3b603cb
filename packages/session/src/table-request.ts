import { isTunnelError, type RequestBody, type TunnelResponse } from "@maxcompute-tunnel/transport";
import {
  abortedError,
  clockOf,
  describeTable,
  resolveEndpoint,
  type TableName,
  type TunnelConnection,
  tablePath,
} from "./connection.ts";
import { isSessionError, SessionError } from "./errors.ts";
import { translateFailure } from "./service-failure.ts";

/** What every request of one session has in common. */
export interface TableTarget {
  readonly connection: TunnelConnection;
  readonly table: TableName;
  /** Normalised; repeated on every request, as the protocol asks. */
  readonly partition: string | undefined;
  readonly quotaName: string | undefined;
  readonly sessionId: string | undefined;
}

/** One request to a table's Tunnel resource. */
export interface TableCall {
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly kind: "control" | "data";
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly retry?: "default" | "none";
  readonly signal: AbortSignal | undefined;
  readonly onRetry?: ((attempt: number) => void) | undefined;
  readonly blockId?: number;
}

/** Sends a request, with what the session adds to each: partition, quota, project, tags, protocol version. */
export async function sendToTable(target: TableTarget, call: TableCall): Promise<TunnelResponse> {
  const { connection } = target;
  const path = tablePath(target.table);
  const headers = { ...protocolHeaders, ...tagsHeader(connection.tags), ...call.headers };
  const endpoint = await resolveEndpoint(connection, call.operation, call.signal);
  try {
    return await connection.transport({
      operation: call.operation,
      method: call.method,
      kind: call.kind,
      endpoint,
      path,
      query: {
        ...call.query,
        partition: target.partition,
        quotaName: target.quotaName || undefined,
        curr_project: connection.defaultProject || undefined,
      },
      headers,
      ...(call.body && { body: call.body }),
      ...(call.retry && { retry: call.retry }),
      ...(call.signal && { signal: call.signal }),
      ...(call.onRetry && { onRetry: call.onRetry }),
    });
  } catch (error) {
    throw translateFailure(error, {
      operation: call.operation,
      table: describeTable(target.table),
      sessionId: target.sessionId,
      blockId: call.blockId,
    });
  }
}

/** An answer that has been read and understood. */
export interface Answered<T> {
  readonly document: T;
  readonly response: TunnelResponse;
}

/**
 * Sends a request that may be repeated and reads its JSON answer. An answer that cannot be read is asked for again,
 * a few times: proxies garble, and nothing is lost by asking.
 */
export async function askTable<T>(
  target: TableTarget,
  call: TableCall,
  parse: (value: unknown) => T,
): Promise<Answered<T>> {
  const clock = clockOf(target.connection);
  for (let attempt = 1; ; attempt += 1) {
    const response = await sendToTable(target, call);
    try {
      return { document: parse(await response.json()), response };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      if (attempt >= unreadableAnswers) throw withContext(error, target, call, response.requestId);
    }
    await pause(target, call, 250 * 2 ** attempt * clock.random());
  }
}

/** Whether an error says that an answer came and made no sense. */
export function isUnreadable(error: unknown): boolean {
  return (isTunnelError(error) || isSessionError(error)) && error.code === "invalid-response";
}

/** Waits on the connection's clock; an abort becomes the same error as in a request. */
export async function pause(
  target: TableTarget,
  call: Pick<TableCall, "operation" | "signal">,
  ms: number,
): Promise<void> {
  try {
    await clockOf(target.connection).sleep(ms, call.signal);
  } catch (error) {
    throw call.signal?.aborted ? abortedError(call.operation, call.signal) : error;
  }
}

const unreadableAnswers = 3;

/**
 * Protocol version 6, as PyODPS and the Java SDK send it; "date-transform" says that we want to be told when the
 * project re-interprets DATETIME (which is then refused); "schema-evolution" that a column may be added or dropped.
 */
const protocolHeaders = {
  "x-odps-tunnel-version": "6",
  "odps-tunnel-date-transform": "v1",
  "odps-tunnel-sdk-support-schema-evolution": "true",
} as const;

function tagsHeader(tags: readonly string[] | undefined): Readonly<Record<string, string>> {
  if (tags === undefined || tags.length === 0) return {};
  for (const tag of tags) {
    if (!/^[\x21-\x2b\x2d-\x7e](?:[\x20-\x2b\x2d-\x7e]*[\x21-\x2b\x2d-\x7e])?$/.test(tag)) {
      throw new SessionError(
        "invalid-argument",
        `Expected tags of printable ASCII without commas, got ${JSON.stringify(tag)}`,
      );
    }
  }
  return { "odps-tunnel-tags": tags.join(",") };
}

function withContext(
  error: unknown,
  target: TableTarget,
  call: TableCall,
  requestId: string | undefined,
): unknown {
  if (!isSessionError(error)) return error;
  return new SessionError("invalid-response", `${call.operation}: ${error.message}`, {
    operation: call.operation,
    table: describeTable(target.table),
    sessionId: target.sessionId,
    member: error.member,
    requestId,
    cause: error,
  });
}
