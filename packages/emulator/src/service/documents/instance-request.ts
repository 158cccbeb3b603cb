import { DocumentError } from "./document-error.ts";
import { childOf, childText, readXml, type XmlElement } from "./xml-reader.ts";

/** One SQL task of a submitted job. */
export interface SqlTask {
  /** Task name, such as `AnonymousSQLTask` or `SQLCreateTableTask`. */
  readonly name: string;
  /** The statements, as the user wrote them. */
  readonly query: string;
  /** `Config` properties as sent: `settings`, `uuid`, `type` and others. */
  readonly properties: ReadonlyMap<string, string>;
  /** The JSON object in the property `settings`, its values as text; empty when it holds none. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A submitted job. */
export interface InstanceRequest {
  /** Name the caller gave the job. */
  readonly jobName?: string;
  /** 0 (most urgent) to 9. */
  readonly priority: number;
  readonly tasks: readonly [SqlTask, ...SqlTask[]];
}

/**
 * Reads the body of `POST /projects/P/instances`.
 *
 * `<Query>` may hold a CDATA section, as PyODPS sends it, or escaped text, as the Java and Go clients do.
 *
 * @throws DocumentError when it is not well-formed XML, not a job, or asks for something other than SQL.
 */
export function parseInstanceRequest(xml: string): InstanceRequest {
  const root = readXml(xml);
  const job = root.name === "Instance" ? childOf(root, "Job") : undefined;
  if (job === undefined) {
    throw unexpected(`Expected <Instance> with a <Job>, got <${root.name}>`);
  }
  const [first, ...rest] = (childOf(job, "Tasks")?.children ?? []).map(readTask);
  if (first === undefined) {
    throw unexpected("Expected a task in <Tasks>, got none");
  }
  const jobName = childText(job, "Name");
  return {
    priority: readPriority(childText(job, "Priority")),
    tasks: [first, ...rest],
    ...(jobName === "" ? {} : { jobName }),
  };
}

function readTask(task: XmlElement): SqlTask {
  if (task.name !== "SQL") {
    throw new DocumentError(`Expected a SQL task, got a task of type ${task.name}`, {
      code: "unsupported-task",
    });
  }
  const query = childOf(task, "Query");
  if (query === undefined) {
    throw unexpected("Expected <Query> in <SQL>");
  }
  const properties = new Map(
    (childOf(task, "Config")?.children ?? []).map((property) => [
      childText(property, "Name"),
      childOf(property, "Value")?.text ?? "",
    ]),
  );
  return {
    name: childText(task, "Name") || "AnonymousSQLTask",
    query: query.text,
    properties,
    settings: readSettings(properties.get("settings") ?? ""),
  };
}

function readSettings(text: string): ReadonlyMap<string, string> {
  if (text.trim() === "") {
    return new Map();
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DocumentError("Expected a JSON object in the property settings", {
      code: "unexpected-document",
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unexpected("Expected a JSON object in the property settings");
  }
  return new Map(
    Object.entries(value).map(([key, entry]) => [
      key,
      typeof entry === "string" ? entry : JSON.stringify(entry),
    ]),
  );
}

function readPriority(text: string): number {
  const priority = text === "" ? 9 : Number(text);
  if (!Number.isInteger(priority)) {
    throw unexpected(`Expected a whole number in <Priority>, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  return priority;
}

function unexpected(message: string): DocumentError {
  return new DocumentError(message, { code: "unexpected-document" });
}
