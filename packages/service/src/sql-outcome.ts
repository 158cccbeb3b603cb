import { ServiceError, type ServiceErrorFacts } from "./errors.ts";
import { child, childrenOf, childText, type XmlElement } from "./xml/parse-xml.ts";

/** What a finished statement gives. */
export interface SqlResult {
  /** Absent when MaxCompute answered at once, without an instance. */
  readonly instanceId?: string;
  /** The result as text: CSV for a query, often empty for DDL. */
  readonly text: string;
  /** How the text is written, e.g. "csv" or "text", where the service says so. */
  readonly format?: string;
}

/** How a task stands. */
export type TaskStatus = "success" | "failed" | "canceled" | "unfinished";

/** Reads the status of the task in an `<Instance>`; `undefined` when it lists no task. */
export function taskStatusOf(instance: XmlElement): TaskStatus | undefined {
  const task = taskOf(instance);
  if (task === undefined) return undefined;
  switch ((childText(task, "Status") ?? "").toLowerCase()) {
    case "success":
      return "success";
    case "failed":
      return "failed";
    case "cancelled":
    case "canceled":
      return "canceled";
    default:
      return "unfinished";
  }
}

/** The result that an `<Instance>` carries, decoded; `undefined` when it carries none. */
export function resultOf(
  instance: XmlElement,
): { readonly text: string; readonly format?: string } | undefined {
  const result = child(taskOf(instance) ?? instance, "Result");
  if (result === undefined) return undefined;
  const format = result.attributes.get("Format");
  const encoded = result.attributes.get("Transform")?.toLowerCase() === "base64";
  return { text: encoded ? decodeBase64(result.text) : result.text, ...(format !== undefined && { format }) };
}

/**
 * The result of an `<Instance>` that says how its task ended; `undefined` when it does not.
 *
 * @throws ServiceError `sql-failed`, `sql-canceled`.
 */
export function outcomeOf(
  instance: XmlElement,
  instanceId: string | undefined,
  requestId: string | undefined,
): SqlResult | undefined {
  const status = taskStatusOf(instance);
  if (status === undefined || status === "unfinished") return undefined;
  const result = resultOf(instance);
  if (status !== "success") throw sqlError(status, result?.text ?? "", { instanceId, requestId });
  return { text: "", ...result, ...(instanceId !== undefined && { instanceId }) };
}

/** The error of a task that failed or was canceled, with what its result text says. */
export function sqlError(
  status: "failed" | "canceled",
  resultText: string,
  facts: ServiceErrorFacts,
): ServiceError {
  const text = resultText.trim();
  if (status === "canceled") {
    return new ServiceError("sql-canceled", `run SQL: the statement was canceled${text && `: ${text}`}`, {
      operation: "run SQL",
      ...facts,
    });
  }
  const [, odpsCode, line, column] =
    /\b(ODPS-\d{4,10})\b(?:\s*:\s*\[(\d{1,9}),(\d{1,9})\])?/u.exec(text) ?? [];
  return new ServiceError(
    "sql-failed",
    `run SQL: ${text || "the statement failed, and MaxCompute does not say why"}`,
    {
      operation: "run SQL",
      odpsCode,
      line: line === undefined ? undefined : Number(line),
      column: column === undefined ? undefined : Number(column),
      ...facts,
    },
  );
}

/** One statement is one task. */
function taskOf(instance: XmlElement): XmlElement | undefined {
  const tasks = child(instance, "Tasks");
  return tasks === undefined ? undefined : childrenOf(tasks, "Task")[0];
}

function decodeBase64(text: string): string {
  let binary: string;
  try {
    binary = atob(text.replace(/\s+/gu, ""));
  } catch (cause) {
    throw new ServiceError("invalid-response", "run SQL: Expected a result in base64", { cause });
  }
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
