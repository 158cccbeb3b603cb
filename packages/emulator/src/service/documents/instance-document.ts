import { formatHttpDate } from "./http-date.ts";
import type { SqlTask } from "./instance-request.ts";
import { element, escapeAttribute, escapeText, isRepresentable, xmlDeclaration } from "./xml-text.ts";

/** State of a whole instance. */
export type InstanceStatus = "Running" | "Suspended" | "Terminated";

/** State of one task of an instance. */
export type TaskStatus = "Waiting" | "Running" | "Success" | "Failed" | "Suspended" | "Cancelled";

/** A task as `?taskstatus` describes it. */
export interface TaskStatusInput {
  readonly name: string;
  readonly status: TaskStatus;
  readonly startedAt: Date;
  /** Absent while the task runs. */
  readonly endedAt?: Date;
}

/** A task's result as `?result` hands it over. */
export interface TaskResultInput {
  readonly name: string;
  /** `csv` for the rows of a query, `text` for messages and listings. */
  readonly format: "csv" | "text";
  /** CSV, listing or, for a failed task, the message beginning `ODPS-…`. */
  readonly text: string;
  /** How the text travels; text that XML cannot hold always travels as `Base64`. @default "plain" */
  readonly transform?: "plain" | "Base64";
}

/** Answer to `GET /projects/P/instances/I`; it has no tasks, which one client would take for a result. */
export function renderInstanceStatus(status: InstanceStatus): string {
  return `${xmlDeclaration}<Instance><Status>${status}</Status></Instance>`;
}

/** One page of a listing of instances. */
export interface InstanceListInput {
  readonly instances: readonly {
    readonly id: string;
    readonly owner: string;
    readonly status: InstanceStatus;
    readonly startedAt: Date;
    /** Absent while the instance runs. */
    readonly endedAt?: Date;
  }[];
  /** Where the next page starts; empty on the last page. */
  readonly marker: string;
  readonly maxItems: number;
}

/** Answer to `GET /projects/P/instances?expectmarker=true`. */
export function renderInstanceList(list: InstanceListInput): string {
  const entries = list.instances.map(
    ({ id, owner, status, startedAt, endedAt }) =>
      `<Instance>${element("Name", id)}${element("Owner", owner)}` +
      element("StartTime", formatHttpDate(startedAt)) +
      (endedAt === undefined ? "" : element("EndTime", formatHttpDate(endedAt))) +
      `<Status>${status}</Status></Instance>`,
  );
  return (
    `${xmlDeclaration}<Instances>${element("Marker", list.marker)}` +
    `${element("MaxItems", String(list.maxItems))}${entries.join("")}</Instances>`
  );
}

/** Answer to `GET /projects/P/instances/I?taskstatus`. */
export function renderTaskStatus(status: InstanceStatus, tasks: readonly TaskStatusInput[]): string {
  const entries = tasks.map(
    (task) =>
      `<Task Type="SQL">${element("Name", task.name)}` +
      element("StartTime", formatHttpDate(task.startedAt)) +
      (task.endedAt === undefined ? "" : element("EndTime", formatHttpDate(task.endedAt))) +
      `<Status>${task.status}</Status><Histories/></Task>`,
  );
  return `${xmlDeclaration}<Instance><Status>${status}</Status><Tasks>${entries.join("")}</Tasks></Instance>`;
}

/** Answer to `GET /projects/P/instances/I?result`; a failed task's text is its error message. */
export function renderTaskResults(tasks: readonly TaskResultInput[]): string {
  const entries = tasks.map(
    (task) => `<Task Type="SQL">${element("Name", task.name)}${resultXml(task)}</Task>`,
  );
  return `${xmlDeclaration}<Instance><Tasks>${entries.join("")}</Tasks></Instance>`;
}

/** Answer to `GET /projects/P/instances/I?source`: the job as it was submitted. */
export function renderInstanceSource(job: {
  readonly priority: number;
  readonly tasks: readonly SqlTask[];
}): string {
  const tasks = job.tasks.map((task) => {
    const properties = [...task.properties].map(
      ([name, value]) => `<Property>${element("Name", name)}${element("Value", value)}</Property>`,
    );
    return (
      `<SQL>${element("Name", task.name)}<Config>${properties.join("")}</Config>` +
      `${element("Query", task.query)}</SQL>`
    );
  });
  return (
    `${xmlDeclaration}<Job>${element("Priority", String(job.priority))}<Tasks>${tasks.join("")}</Tasks>` +
    "<DAG><RunMode>Sequence</RunMode></DAG></Job>"
  );
}

/** Answer to `GET /projects/P/instances/I?summary`, in JSON. */
export function renderTaskSummary(summary: { readonly text: string; readonly json: string }): string {
  return JSON.stringify({ Instance: { JsonSummary: summary.json, Summary: summary.text } });
}

function resultXml(task: TaskResultInput): string {
  const format = escapeAttribute(task.format);
  if (task.transform === "Base64" || !isRepresentable(task.text)) {
    const encoded = Buffer.from(task.text, "utf8").toString("base64");
    return `<Result Format="${format}" Transform="Base64">${encoded}</Result>`;
  }
  return `<Result Format="${format}">${escapeText(task.text)}</Result>`;
}
