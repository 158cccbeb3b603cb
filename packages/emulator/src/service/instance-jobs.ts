import type { Identity } from "../auth/authenticate.ts";
import { guardedStore } from "../auth/guarded-store.ts";
import type { Clock } from "../clock.ts";
import type { QueryEngine } from "../query/query-engine.ts";
import { asRefusal } from "../refusal.ts";
import type { Services } from "../server/services.ts";
import { resultSegments } from "../storage/apply-query-change.ts";
import {
  defaultSchemaName,
  type InstanceRecord,
  type TaskOutcome,
  type TaskRecord,
} from "../storage/state.ts";
import type { InstanceRequest, SqlTask } from "./documents/instance-request.ts";
import { runScript } from "./run-script.ts";

/** Runs submitted jobs beside the requests that ask for them. */
export interface InstanceJobs {
  /** Begins a job. Resolves when it has ended, or when its queries take longer than a moment, with the job as it is then. */
  start(job: SubmittedJob): Promise<InstanceRecord>;
  /** A job as it is now. */
  find(id: string): InstanceRecord | undefined;
  /** Cancels what a job has not done yet, and resolves when it has ended; false when it had ended already. */
  stop(id: string): Promise<boolean>;
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
  const stops = new Map<string, () => Promise<void>>();

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

  /** Ends a job with this outcome of the tasks that have none. */
  const cutShort = (begun: InstanceRecord, outcome: TaskOutcome): InstanceRecord => {
    const current = running.get(begun.id) ?? begun;
    const endedAt = clock.now();
    return {
      ...current,
      endedAt,
      tasks: current.tasks.map(
        (task): TaskRecord => (task.outcome.kind === "running" ? { ...task, endedAt, outcome } : task),
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
      id: store.newId(startedAt),
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
    const stop = new AbortController();
    const patience = createPatience(clock, queries);
    const ended = store.run(async (signal) => {
      try {
        const powers = { queries: patience.queries, signal: AbortSignal.any([signal, stop.signal]) };
        const instance = await run(begun, job, powers).catch((error: unknown) => {
          if (stop.signal.aborted && !signal.aborted) {
            return cutShort(begun, { kind: "cancelled" });
          }
          if (!answered || signal.aborted) {
            ending = true;
            throw error;
          }
          logger.error({ error, instance: begun.id }, "job failed");
          // Its submission was answered, so that the error can only be told by the job.
          const message = `ODPS-0010000:System internal error - ${asRefusal(error).message}`;
          return cutShort(begun, { kind: "failure", message });
        });
        ending = true;
        await record(instance);
        return instance;
      } finally {
        running.delete(begun.id);
        stops.delete(begun.id);
      }
    });
    stops.set(begun.id, async () => {
      stop.abort();
      await ended.catch(() => undefined);
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
    async stop(id) {
      const stopJob = stops.get(id);
      await stopJob?.();
      return stopJob !== undefined;
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
