import type { Identity } from "../auth/authenticate.ts";
import { guardedStore } from "../auth/guarded-store.ts";
import type { Clock } from "../clock.ts";
import type { QueryEngine } from "../query/query-engine.ts";
import { asRefusal } from "../refusal.ts";
import { newId } from "../server/ids.ts";
import type { Services } from "../server/services.ts";
import { resultSegments } from "../storage/apply-query-change.ts";
import { defaultSchemaName, type InstanceRecord, type TaskRecord } from "../storage/state.ts";
import type { InstanceRequest, SqlTask } from "./documents/instance-request.ts";
import { runScript } from "./run-script.ts";

/** Runs submitted jobs beside the requests that ask for them. */
export interface InstanceJobs {
  /** Begins a job. Resolves when it has ended, or when its queries take longer than a moment, with the job as it is then. */
  start(job: SubmittedJob): Promise<InstanceRecord>;
  /** A job as it is now. */
  find(id: string): InstanceRecord | undefined;
}

export interface SubmittedJob extends Pick<InstanceRequest, "priority" | "tasks"> {
  /** Name of the project it runs in. */
  readonly project: string;
  /** Schema of table names without one, where the job's settings name none. */
  readonly schema: string | undefined;
  readonly identity: Identity;
}

/** A query that is quick is ready when its submission is answered: clients would wait a second before they ask. */
const answeredWithinMs = 100;

const interrupted = "ODPS-0123144:Fuxi job failed - the emulator stopped while the job ran";

export function createInstanceJobs(services: Services): InstanceJobs {
  const { store, clock, queries, logger } = services;
  const running = new Map<string, InstanceRecord>();

  const runTask = async (
    task: SqlTask,
    { project, schema, identity }: SubmittedJob,
    { queries, signal }: Powers,
  ): Promise<Pick<TaskRecord, "startedAt" | "endedAt" | "outcome">> => {
    const startedAt = clock.now();
    const outcome = await runScript(task.query, {
      store: guardedStore(store, identity),
      queries,
      clock,
      owner: identity.owner,
      project,
      schema: schema ?? task.settings.get("odps.default.schema") ?? defaultSchemaName,
      schemasEnabled: task.settings.get("odps.namespace.schema") === "true",
      signal,
    });
    return { startedAt, endedAt: clock.now(), outcome };
  };

  /** Ends a job whose submission was answered before something broke. */
  const failed = (begun: InstanceRecord, error: unknown): InstanceRecord => {
    const current = running.get(begun.id) ?? begun;
    const endedAt = clock.now();
    const message = `ODPS-0010000:System internal error - ${asRefusal(error).message}`;
    return {
      ...current,
      endedAt,
      tasks: current.tasks.map(
        (task): TaskRecord =>
          task.outcome.kind === "running"
            ? { ...task, endedAt, outcome: { kind: "failure", message } }
            : task,
      ),
    };
  };

  const run = async (begun: InstanceRecord, job: SubmittedJob, powers: Powers): Promise<InstanceRecord> => {
    let current = begun;
    for (const [index, task] of job.tasks.entries()) {
      const result = await runTask(task, job, powers);
      const tasks = current.tasks.map((before, at) => (at === index ? { ...before, ...result } : before));
      current = { ...current, tasks };
      running.set(begun.id, current);
    }
    return { ...current, endedAt: clock.now() };
  };

  const start = async (job: SubmittedJob): Promise<InstanceRecord> => {
    const startedAt = clock.now();
    const begun: InstanceRecord = {
      id: newId(startedAt),
      project: job.project,
      owner: job.identity.owner,
      priority: job.priority,
      startedAt,
      tasks: job.tasks.map(({ name, query, properties }) => {
        return { name, query, properties: [...properties], startedAt, outcome: { kind: "running" } };
      }),
    };
    let ending = false;
    let answered = false;
    running.set(begun.id, begun);
    const patience = createPatience(clock, queries);
    const ended = store.run(async (signal) => {
      try {
        const instance = await run(begun, job, { queries: patience.queries, signal }).catch(
          (error: unknown) => {
            if (!answered || signal.aborted) {
              ending = true;
              throw error;
            }
            logger.error({ error, instance: begun.id }, "job failed");
            return failed(begun, error);
          },
        );
        ending = true;
        await record(instance);
        return instance;
      } finally {
        running.delete(begun.id);
      }
    });
    await Promise.race([ended.catch(() => undefined), patience.over]);
    if (!ending) {
      answered = true;
      // From here on the id is known, so it has to be known after a restart too.
      await record(begun);
      return begun;
    }
    return await ended;
  };

  const record = async (instance: InstanceRecord): Promise<void> => {
    try {
      await store.submit({ kind: "record-instance", instance });
    } catch (error) {
      store.blocks.removeLater(resultSegments(instance).map(({ file }) => file));
      throw error;
    }
  };

  return {
    start,
    find(id) {
      const instance = running.get(id) ?? store.state.instances.get(id);
      return instance === undefined || running.has(id) ? instance : asLeft(instance);
    },
  };
}

/** What a job's statements use. */
interface Powers {
  readonly queries: QueryEngine;
  readonly signal: AbortSignal;
}

/** Resolves `over` a moment after the first use of `queries`; what uses none is waited for. */
function createPatience(
  clock: Clock,
  queries: QueryEngine,
): { readonly queries: QueryEngine; readonly over: Promise<void> } {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let begun = false;
  return {
    over,
    queries: {
      ...queries,
      run: (query, consume) => {
        if (!begun) {
          begun = true;
          clock.schedule(answeredWithinMs, resolve);
        }
        return queries.run(query, consume);
      },
    },
  };
}

/** A job that is recorded as running and does not run was cut off. */
function asLeft(instance: InstanceRecord): InstanceRecord {
  if (instance.endedAt !== undefined) {
    return instance;
  }
  return {
    ...instance,
    endedAt: instance.startedAt,
    tasks: instance.tasks.map(
      (task): TaskRecord =>
        task.outcome.kind === "running"
          ? { ...task, endedAt: task.startedAt, outcome: { kind: "failure", message: interrupted } }
          : task,
    ),
  };
}
