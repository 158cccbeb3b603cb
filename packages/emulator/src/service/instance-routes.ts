import { requirePermission } from "../auth/permissions.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { jsonReply, type Reply, xmlReply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { findProject, type InstanceRecord, type TaskOutcome } from "../storage/state.ts";
import { isDocumentError } from "./documents/document-error.ts";
import {
  type InstanceStatus,
  renderInstanceList,
  renderInstanceSource,
  renderInstanceStatus,
  renderTaskResults,
  renderTaskStatus,
  renderTaskSummary,
  type TaskResultInput,
  type TaskStatus,
} from "./documents/instance-document.ts";
import { type InstanceRequest, parseInstanceRequest } from "./documents/instance-request.ts";
import { createInstanceJobs } from "./instance-jobs.ts";
import { pageOf } from "./paging.ts";
import { readText } from "./read-text.ts";
import { resultText } from "./result-text.ts";

/** SQL jobs: submit, then ask for status, result and source. */
export function instanceRoutes(services: Services): readonly Route[] {
  const { store, clock } = services;
  const jobs = createInstanceJobs(services);

  const submit = async (call: Call): Promise<Reply> => {
    const project = findProject(store.state, call.name("project"));
    const { priority, tasks } = parse(await readText(call, clock));
    const { id } = await jobs.start({
      priority,
      tasks,
      project: project.name,
      schema: call.query.get("curr_schema") || undefined,
      identity: call.identity,
    });
    return {
      status: 201,
      headers: { location: `http://${call.host}/projects/${project.name}/instances/${id}` },
    };
  };

  const find = (call: Call): InstanceRecord => {
    const project = findProject(store.state, call.name("project"));
    const instance = jobs.find(call.name("instance"));
    if (instance === undefined || instance.project !== project.name) {
      throw new Refusal("NoSuchObject", `ODPS-0110999: Instance not found - ${call.name("instance")}`);
    }
    return instance;
  };

  const stop = async (call: Call): Promise<Reply> => {
    const { id, owner } = find(call);
    if (owner !== call.identity.owner) {
      requirePermission(call.identity, call.name("project"), "write");
    }
    const wanted = await readText(call, clock);
    if (!/<Status>\s*Terminated\s*<\/Status>/i.test(wanted)) {
      throw new Refusal("InvalidStateSetting", "An instance can be set to Terminated only.");
    }
    if (!(await jobs.stop(id))) {
      throw new Refusal("InvalidStateSetting", `The instance ${id} has ended already.`);
    }
    return { status: 200 };
  };

  const list = (call: Call): Reply => {
    const project = findProject(store.state, call.name("project"));
    const status = call.query.get("status") ?? "";
    const [from, to] = dateRange(call.query.get("daterange"));
    const instances = [...store.state.instances.keys()]
      .sort()
      .flatMap((id) => jobs.find(id) ?? [])
      .filter(
        (one) =>
          one.project === project.name &&
          (status === "" || statusOf(one) === status) &&
          one.startedAt >= from &&
          one.startedAt <= to &&
          (call.query.get("onlyowner") !== "yes" || one.owner === call.identity.owner),
      );
    const { items, marker, maxItems } = pageOf(instances, ({ id }) => id, call.query);
    const documents = items.map((one) => ({
      id: one.id,
      owner: one.owner,
      status: statusOf(one),
      startedAt: new Date(one.startedAt),
      ...(one.endedAt === undefined ? {} : { endedAt: new Date(one.endedAt) }),
    }));
    return xmlReply(renderInstanceList({ instances: documents, marker, maxItems }));
  };

  const answers: Readonly<Record<string, (instance: InstanceRecord) => Reply | Promise<Reply>>> = {
    taskstatus: (instance) =>
      xmlReply(
        renderTaskStatus(
          statusOf(instance),
          instance.tasks.map(({ name, outcome, startedAt, endedAt }) => ({
            name,
            status: taskStatuses[outcome.kind],
            startedAt: new Date(startedAt),
            ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt) }),
          })),
        ),
      ),
    result: async ({ tasks }) => {
      const results: TaskResultInput[] = [];
      for (const { name, outcome } of tasks) {
        results.push({ name, ...(await resultText(outcome, store.blocks)) });
      }
      return xmlReply(renderTaskResults(results));
    },
    source: ({ priority, tasks }) =>
      xmlReply(
        renderInstanceSource({
          priority,
          tasks: tasks.map(({ name, query, properties }) => {
            return { name, query, properties: new Map(properties), settings: new Map() };
          }),
        }),
      ),
    summary: () => jsonReply(renderTaskSummary({ text: "", json: "{}" })),
    instancesummary: () => jsonReply(renderTaskSummary({ text: "", json: "{}" })),
  };

  const get = async (call: Call): Promise<Reply> => {
    const instance = find(call);
    const asked = Object.keys(answers).find((name) => call.query.has(name));
    const reply =
      (await answers[asked ?? ""]?.(instance)) ?? xmlReply(renderInstanceStatus(statusOf(instance)));
    const { owner, startedAt, endedAt } = instance;
    return {
      ...reply,
      headers: {
        ...reply.headers,
        "x-odps-owner": owner,
        "x-odps-start-time": new Date(startedAt).toUTCString(),
        // Empty while it runs: the Java SDK takes a missing header for an error.
        "x-odps-end-time": endedAt === undefined ? "" : new Date(endedAt).toUTCString(),
      },
    };
  };

  const path = "/projects/:project/instances";
  return [
    {
      action: "submit instance",
      dialect: "service",
      method: "POST",
      path,
      // Queries only read; what its statements change is checked where they do.
      permission: "read",
      handle: submit,
    },
    {
      action: "stop instance",
      dialect: "service",
      method: "PUT",
      path: `${path}/:instance`,
      permission: "read",
      handle: stop,
    },
    { action: "list instances", dialect: "service", method: "GET", path, handle: list },
    { action: "get instance", dialect: "service", method: "GET", path: `${path}/:instance`, handle: get },
  ];
}

const taskStatuses = {
  running: "Running",
  success: "Success",
  rows: "Success",
  failure: "Failed",
  cancelled: "Cancelled",
} as const satisfies Record<TaskOutcome["kind"], TaskStatus>;

function statusOf({ endedAt }: InstanceRecord): InstanceStatus {
  return endedAt === undefined ? "Running" : "Terminated";
}

/** Milliseconds since 1970 of `seconds:seconds`, either end open. */
function dateRange(text: string | undefined): readonly [from: number, to: number] {
  const ends = /^(\d*):(\d*)$/.exec(text || ":");
  if (ends === null) {
    throw new Refusal(
      "InvalidArgument",
      `Expected daterange as seconds:seconds, got ${JSON.stringify(text)}.`,
    );
  }
  const [, from, to] = ends;
  return [from ? Number(from) * 1000 : 0, to ? Number(to) * 1000 : Number.POSITIVE_INFINITY];
}

function parse(xml: string): InstanceRequest {
  try {
    return parseInstanceRequest(xml);
  } catch (error) {
    throw isDocumentError(error)
      ? new Refusal(error.code === "unsupported-task" ? "NotImplemented" : "MalformedXML", error.message, {
          cause: error,
        })
      : error;
  }
}
