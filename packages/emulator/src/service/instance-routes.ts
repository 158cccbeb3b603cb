import { guardedStore } from "../auth/guarded-store.ts";
import { Refusal } from "../refusal.ts";
import type { Call } from "../server/call.ts";
import { newId } from "../server/ids.ts";
import { jsonReply, type Reply, xmlReply } from "../server/reply.ts";
import type { Route } from "../server/router.ts";
import type { Services } from "../server/services.ts";
import { defaultSchemaName, findProject, type InstanceRecord, type TaskRecord } from "../storage/state.ts";
import { isDocumentError } from "./documents/document-error.ts";
import {
  renderInstanceSource,
  renderInstanceStatus,
  renderTaskResults,
  renderTaskStatus,
  renderTaskSummary,
} from "./documents/instance-document.ts";
import { type InstanceRequest, parseInstanceRequest, type SqlTask } from "./documents/instance-request.ts";
import { readText } from "./read-text.ts";
import { runScript } from "./run-script.ts";

/** SQL jobs: submit, then ask for status, result and source. A job has ended when its submission is answered. */
export function instanceRoutes(services: Services): readonly Route[] {
  const { store, clock } = services;

  const submit = async (call: Call): Promise<Reply> => {
    const project = findProject(store.state, call.name("project"));
    const job = parse(await readText(call, clock));
    const startedAt = clock.now();
    const tasks: TaskRecord[] = [];
    for (const task of job.tasks) {
      tasks.push(await runTask(task, call, project.name));
    }
    const id = newId(startedAt);
    const { owner } = call.identity;
    const endedAt = clock.now();
    const { priority } = job;
    const instance = { id, project: project.name, owner, priority, startedAt, endedAt, tasks };
    await store.submit({ kind: "record-instance", instance });
    return {
      status: 201,
      headers: { location: `http://${call.host}/projects/${project.name}/instances/${id}` },
    };
  };

  const runTask = async (task: SqlTask, call: Call, project: string): Promise<TaskRecord> => {
    const startedAt = clock.now();
    const outcome = await runScript(task.query, {
      store: guardedStore(store, call.identity),
      clock,
      owner: call.identity.owner,
      project,
      schema: call.query.get("curr_schema") || task.settings.get("odps.default.schema") || defaultSchemaName,
      schemasEnabled: task.settings.get("odps.namespace.schema") === "true",
    });
    const { name, query, properties } = task;
    return { name, query, properties: [...properties], startedAt, endedAt: clock.now(), outcome };
  };

  const find = (call: Call): InstanceRecord => {
    const project = findProject(store.state, call.name("project"));
    const instance = store.state.instances.get(call.name("instance"));
    if (instance === undefined || instance.project !== project.name) {
      throw new Refusal("NoSuchObject", `ODPS-0110999: Instance not found - ${call.name("instance")}`);
    }
    return instance;
  };

  const answers: Readonly<Record<string, (instance: InstanceRecord) => Reply>> = {
    taskstatus: ({ tasks }) =>
      xmlReply(
        renderTaskStatus(
          "Terminated",
          tasks.map(({ name, outcome, startedAt, endedAt }) => ({
            name,
            status: outcome.kind === "success" ? "Success" : "Failed",
            startedAt: new Date(startedAt),
            endedAt: new Date(endedAt),
          })),
        ),
      ),
    result: ({ tasks }) =>
      xmlReply(
        renderTaskResults(
          tasks.map(({ name, outcome }) =>
            outcome.kind === "success"
              ? { name, format: outcome.format, text: outcome.text }
              : { name, format: "text", text: outcome.message },
          ),
        ),
      ),
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

  const get = (call: Call): Reply => {
    const instance = find(call);
    const asked = Object.keys(answers).find((name) => call.query.has(name));
    const reply = answers[asked ?? ""]?.(instance) ?? xmlReply(renderInstanceStatus("Terminated"));
    return {
      ...reply,
      headers: {
        ...reply.headers,
        "x-odps-owner": instance.owner,
        "x-odps-start-time": new Date(instance.startedAt).toUTCString(),
        "x-odps-end-time": new Date(instance.endedAt).toUTCString(),
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
    { action: "get instance", dialect: "service", method: "GET", path: `${path}/:instance`, handle: get },
    {
      action: "create instance download",
      dialect: "tunnel",
      method: "POST",
      path: `${path}/:instance`,
      permission: "read",
      needs: ["downloads"],
      handle: (call) => {
        find(call);
        throw new Refusal("InstanceTypeNotSupported", "Results are offered as text only; ask for ?result.");
      },
    },
  ];
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
