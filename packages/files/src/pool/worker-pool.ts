import { Worker } from "node:worker_threads";
import type { DecidedCompression } from "../compress/block-compressor.ts";
import { FilesError } from "../errors.ts";
import type { EncodedBlock, EncodeTask } from "../format/format.ts";
import type { FormatName } from "../format/format-name.ts";
import { fromPlainError } from "../plain-error.ts";
import type { BlockRunner, RunningTask } from "./block-runner.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { workerEntry } from "./worker-entry.ts";

/** Does tasks on worker threads, each with a kernel and compressors of its own. */
export class WorkerPool implements BlockRunner {
  readonly slots: number;
  readonly #threads: PackThread[];
  readonly #waiting: PooledTask[] = [];
  #failure: Error | undefined;

  /** @param entry what each thread runs. @default the entry of this package */
  constructor(slots: number, entry: URL = workerEntry()) {
    this.slots = slots;
    this.#threads = Array.from(
      { length: slots },
      () =>
        new PackThread(
          entry,
          (error) => this.#fail(error),
          () => this.#assign(),
        ),
    );
  }

  /** Has the threads load what formats need, before there is anything to do. */
  prepare(formats: readonly FormatName[]): void {
    for (const thread of this.#threads) thread.tell({ kind: "prepare", formats });
  }

  /** Whether threads keep the process from ending. */
  keepAlive(keep: boolean): void {
    for (const thread of this.#threads) thread.keepAlive(keep);
  }

  async useCompression(decided: DecidedCompression): Promise<void> {
    for (const thread of this.#threads) thread.tell({ kind: "compression", decided });
  }

  start(task: EncodeTask, urgency?: "urgent"): RunningTask {
    const pooled = new PooledTask(task);
    if (this.#failure !== undefined) pooled.fail(this.#failure);
    else if (urgency === "urgent") this.#waiting.unshift(pooled);
    else this.#waiting.push(pooled);
    this.#assign();
    return pooled;
  }

  async close(): Promise<void> {
    this.#fail(new FilesError("worker-died", "The workers were ended."));
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #assign(): void {
    for (const thread of this.#threads) {
      if (!thread.isIdle) continue;
      let task = this.#waiting.shift();
      while (task?.isCancelled) task = this.#waiting.shift();
      if (task === undefined) return;
      thread.take(task);
    }
  }

  /** One thread's end is everybody's: its part of the load is missing. */
  #fail(error: Error): void {
    this.#failure ??= error;
    for (const thread of this.#threads) thread.task?.fail(this.#failure);
    for (const task of this.#waiting.splice(0)) task.fail(this.#failure);
  }
}

/** A task that waits for a thread or has one. */
class PooledTask implements RunningTask {
  readonly task: EncodeTask;
  isCancelled = false;
  #thread: PackThread | undefined;
  #asked: PromiseWithResolvers<EncodedBlock | undefined> | undefined;
  #failure: Error | undefined;
  #ended = false;

  constructor(task: EncodeTask) {
    this.task = task;
  }

  next(): Promise<EncodedBlock | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(undefined);
    this.#asked = Promise.withResolvers();
    this.#thread?.tell({ kind: "next" });
    return this.#asked.promise;
  }

  cancel(): void {
    this.isCancelled = true;
    if (this.#thread === undefined) this.end();
    else if (!this.#ended) this.#thread.tell({ kind: "cancel" });
  }

  begin(thread: PackThread): void {
    this.#thread = thread;
    if (this.#asked !== undefined) thread.tell({ kind: "next" });
  }

  give(block: EncodedBlock): void {
    this.#asked?.resolve(block);
    this.#asked = undefined;
  }

  end(): void {
    this.#ended = true;
    this.#asked?.resolve(undefined);
    this.#asked = undefined;
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#asked?.reject(this.#failure);
    this.#asked = undefined;
  }
}

/** One worker thread. */
class PackThread {
  task: PooledTask | undefined;
  readonly #worker: Worker;
  #isEnding = false;

  constructor(entry: URL, onDeath: (error: Error) => void, onIdle: () => void) {
    this.#worker = new Worker(entry, { name: "mctunnel pack", resourceLimits });
    const died = (why: string, cause?: unknown): void => {
      if (!this.#isEnding)
        onDeath(new FilesError("worker-died", `A worker thread ended: ${why}.`, { cause }));
    };
    this.#worker.on("error", (error: Error) => died(error.message, error));
    this.#worker.on("exit", (code) => died(`exit code ${code}`));
    this.#worker.on("message", (message: FromWorker) => {
      const { task } = this;
      if (message.kind === "block") {
        task?.give(message.block);
        return;
      }
      this.task = undefined;
      if (message.kind === "done") task?.end();
      else task?.fail(fromPlainError(message.error));
      onIdle();
    });
  }

  get isIdle(): boolean {
    return this.task === undefined;
  }

  take(task: PooledTask): void {
    this.task = task;
    const from = task.task.stream?.from;
    const transferred = from?.kind === "port" ? [from.port] : [];
    this.#worker.postMessage({ kind: "start", task: task.task } satisfies ToWorker, transferred);
    task.begin(this);
  }

  tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  keepAlive(keep: boolean): void {
    if (keep) this.#worker.ref();
    else this.#worker.unref();
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
  }
}

/** What a thread makes lies outside its heap; without a limit, young garbage alone would take 48 MB for each thread. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };
