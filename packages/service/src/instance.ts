import { isTunnelError, TunnelError } from "@maxcompute-tunnel/transport";
import { type ServiceConnection, sleep } from "./connection.ts";
import { ServiceError } from "./errors.ts";
import { askService } from "./request.ts";
import { outcomeOf, resultOf, type SqlResult, sqlError, taskStatusOf } from "./sql-outcome.ts";
import { childText, type XmlElement } from "./xml/parse-xml.ts";

/** How to wait for a statement. */
export interface WaitOptions {
  /** Called before each wait for the statement to finish. @default not told */
  readonly onWait?: (waiting: SqlWaiting) => void;
  /** How long to wait for the statement to finish, in milliseconds. @default Infinity */
  readonly waitMs?: number;
  /** Stops the waiting; a statement that was submitted goes on in MaxCompute. @default none */
  readonly signal?: AbortSignal;
}

/** A statement that has not finished yet. */
export interface SqlWaiting {
  readonly instanceId: string;
  /** As the service says it, e.g. "Running". */
  readonly status: string;
  readonly waitedMs: number;
}

/**
 * Waits until a submitted statement has finished and reads its result.
 *
 * @throws ServiceError `sql-failed`, `sql-canceled`, `not-finished`; `outcome-unknown` when the service can no longer
 * be asked.
 */
export async function waitForInstance(
  connection: ServiceConnection,
  instanceId: string,
  options: WaitOptions = {},
): Promise<SqlResult> {
  const ask = (operation: string, query: Readonly<Record<string, string>>): Promise<XmlElement> =>
    askInstance(connection, instanceId, operation, query, options.signal);

  let waitedMs = 0;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 1.5, longestPollMs)) {
    const status = childText(await ask("wait for SQL", {}), "Status") ?? "";
    if (status.toLowerCase() === "terminated") {
      const tasks = await ask("read SQL status", { taskstatus: "" });
      if (taskStatusOf(tasks) !== "unfinished") return finished(instanceId, tasks, ask);
    }
    if (waitedMs >= (options.waitMs ?? Number.POSITIVE_INFINITY))
      throw notFinished(instanceId, status, waitedMs);
    options.onWait?.({ instanceId, status, waitedMs });
    await pauseOrAborted(connection, instanceId, pollMs, options.signal);
    waitedMs += pollMs;
  }
}

const firstPollMs = 100;
const longestPollMs = 5_000;

async function finished(
  instanceId: string,
  tasks: XmlElement,
  ask: (operation: string, query: Readonly<Record<string, string>>) => Promise<XmlElement>,
): Promise<SqlResult> {
  const status = taskStatusOf(tasks);
  const answer = await ask("read SQL result", { result: "" });
  if (status === "failed" || status === "canceled") {
    throw sqlError(status, resultOf(answer)?.text ?? "", { instanceId });
  }
  return outcomeOf(answer, instanceId, undefined) ?? { text: "", ...resultOf(answer), instanceId };
}

async function askInstance(
  connection: ServiceConnection,
  instanceId: string,
  operation: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<XmlElement> {
  const path = ["projects", connection.project, "instances", instanceId];
  try {
    const { element } = await askService(
      connection,
      { operation, method: "GET", path, query, signal },
      "Instance",
    );
    return element;
  } catch (error) {
    if (isTunnelError(error) && error.code === "aborted") throw error;
    throw new ServiceError(
      "outcome-unknown",
      `${operation}: the statement was submitted as instance ${instanceId}, and how it ended could not be learnt ` +
        `(${error instanceof Error ? error.message : String(error)})`,
      {
        operation,
        instanceId,
        ...(isTunnelError(error) && { serviceCode: error.serviceCode, requestId: error.requestId }),
        cause: error,
      },
    );
  }
}

async function pauseOrAborted(
  connection: ServiceConnection,
  instanceId: string,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await sleep(connection, ms, signal);
  } catch (cause) {
    throw new TunnelError(`aborted by the caller; instance ${instanceId} goes on in MaxCompute`, {
      code: "aborted",
      operation: "wait for SQL",
      cause,
    });
  }
}

function notFinished(instanceId: string, status: string, waitedMs: number): ServiceError {
  return new ServiceError(
    "not-finished",
    `wait for SQL: instance ${instanceId} is still ${status || "unfinished"} after ${waitedMs} ms; it goes on in MaxCompute`,
    { operation: "wait for SQL", instanceId },
  );
}
