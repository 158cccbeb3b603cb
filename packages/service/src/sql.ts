import { isTunnelError, TunnelError } from "@maxcompute-tunnel/transport";
import { type ServiceConnection, sleep } from "./connection.ts";
import { ServiceError } from "./errors.ts";
import { type WaitOptions, waitForInstance } from "./instance.ts";
import { readXml, sendToService } from "./request.ts";
import { outcomeOf, type SqlResult } from "./sql-outcome.ts";
import { writeInstanceXml } from "./xml/instance-xml.ts";

/** How a statement is run and waited for. */
export interface SqlOptions extends WaitOptions {
  /** Settings of the statement, e.g. `{ "odps.sql.allow.fullscan": "true" }`. @default none */
  readonly settings?: Readonly<Record<string, string>>;
  /** Name of the task, shown by MaxCompute's own tools. @default "AnonymousSQLTask" */
  readonly name?: string;
  /** 0 (first) to 9 (last). @default 9 */
  readonly priority?: number;
  /**
   * The statement may be submitted again when the answer was lost, because running it twice does no harm
   * (`CREATE TABLE IF NOT EXISTS`, `SELECT`). @default false
   */
  readonly repeatable?: boolean;
}

/**
 * Runs one SQL statement in the connection's project and waits for its result. A missing semicolon at the end is
 * added; so are the settings of the three-level model when the connection has a schema.
 *
 * @throws ServiceError `sql-failed` with MaxCompute's code, line and column; `sql-canceled`; `outcome-unknown` when the
 * answer to the submission was lost, so that the statement may be running; `not-finished` after `waitMs`; TunnelError
 * when the service refuses the request.
 */
export async function runSql(
  connection: ServiceConnection,
  sql: string,
  options: SqlOptions = {},
): Promise<SqlResult> {
  const submitted = await submit(connection, checkSql(sql), options);
  return submitted.kind === "finished"
    ? submitted.result
    : waitForInstance(connection, submitted.instanceId, options);
}

const operation = "run SQL";

/** How long a project may say "not now" (409) to a submission, as the official clients wait. */
const busyLimitMs = 180_000;
const busyPauseMs = 5_000;

type Submitted =
  | { readonly kind: "running"; readonly instanceId: string }
  | { readonly kind: "finished"; readonly result: SqlResult };

async function submit(connection: ServiceConnection, query: string, options: SqlOptions): Promise<Submitted> {
  const xml = writeInstanceXml({
    query,
    taskName: options.name ?? "AnonymousSQLTask",
    priority: checkPriority(options.priority ?? 9),
    settings: { ...schemaSettings(connection), ...options.settings },
    uuid: crypto.randomUUID(),
  });
  for (let busyMs = 0; ; ) {
    try {
      return await submitOnce(connection, xml, options);
    } catch (error) {
      const notTaken = isTunnelError(error) && (error.code === "conflict" || error.code === "throttled");
      if (!notTaken || busyMs >= busyLimitMs) throw submissionError(error);
      const ms = Math.min(error.retryAfterMs ?? busyPauseMs, busyLimitMs);
      await sleep(connection, ms, options.signal).catch((cause: unknown) => {
        throw new TunnelError("aborted by the caller", { code: "aborted", operation, cause });
      });
      busyMs += ms;
    }
  }
}

async function submitOnce(
  connection: ServiceConnection,
  xml: string,
  options: SqlOptions,
): Promise<Submitted> {
  const response = await sendToService(connection, {
    operation,
    method: "POST",
    path: ["projects", connection.project, "instances"],
    xml,
    retry: options.repeatable ? "default" : "none",
    signal: options.signal,
  });
  const text = await response.text();
  if (response.status !== 201 && text.trim() !== "") {
    const element = readXml(operation, response, text, "Instance");
    const outcome = outcomeOf(element, undefined, response.requestId);
    if (outcome !== undefined) return { kind: "finished", result: outcome };
  }
  const instanceId = /\/instances\/([\w.-]+)\/?(?:[?#].*)?$/u.exec(
    response.headers.get("location") ?? "",
  )?.[1];
  if (instanceId !== undefined) return { kind: "running", instanceId };
  throw new ServiceError(
    "outcome-unknown",
    `${operation}: Expected the address of the new instance, got ${JSON.stringify(response.headers.get("location"))}; ` +
      "the statement may be running",
    { operation, requestId: response.requestId },
  );
}

/** Without a clear answer the statement may be running: that must not look like a plain network error. */
function submissionError(error: unknown): unknown {
  const unclear =
    isTunnelError(error) &&
    error.sent !== "no" &&
    ["network", "timeout", "server", "invalid-response"].includes(error.code);
  if (!unclear) return error;
  return new ServiceError(
    "outcome-unknown",
    `${operation}: the answer to the submission was lost (${error.message}); the statement may be running`,
    { operation, serviceCode: error.serviceCode, requestId: error.requestId, cause: error },
  );
}

function schemaSettings({ schema }: ServiceConnection): Readonly<Record<string, string>> {
  return schema === undefined ? {} : { "odps.namespace.schema": "true", "odps.default.schema": schema };
}

/** Refuses what XML cannot carry, and ends the statement. */
function checkSql(sql: string): string {
  const bad = /[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/u.exec(sql);
  if (bad) {
    throw new ServiceError(
      "invalid-argument",
      `Expected SQL text, got the character ${JSON.stringify(bad[0])} at offset ${bad.index}`,
    );
  }
  if (sql.trim() === "") throw new ServiceError("invalid-argument", "Expected SQL text, got none");
  // On a line of its own: the last line may be a comment.
  return sql.trimEnd().endsWith(";") ? sql : `${sql}\n;`;
}

function checkPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 9) return priority;
  throw new ServiceError("invalid-argument", `Expected a priority from 0 to 9, got ${priority}`);
}
