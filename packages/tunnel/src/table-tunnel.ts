import type { Row } from "@maxcompute-tunnel/codec";
import {
  type CreateUploadSessionOptions,
  createDownloadSession,
  type DownloadSessionOptions,
  formatPartitionSpec,
  type PartitionSpec,
  parsePartitionSpec,
  type TunnelConnection,
  type UploadSessionOptions,
} from "@maxcompute-tunnel/session";
import type { TunnelConfiguration } from "./configuration.ts";
import { connect, type OpenConnection } from "./connect.ts";
import { DownloadSession, type ReadRowsOptions } from "./download-session.ts";
import { TableTunnelError } from "./errors.ts";
import type { RecordInput } from "./record-writers.ts";
import { formatTableTarget, parseTableTarget, type TableTarget } from "./table-target.ts";
import { type UploadOptions, type UploadReceipt, uploadRows } from "./upload.ts";
import { type JobReceipt, type JobRows, type JobUploadOptions, resumeJob, uploadJob } from "./upload-job.ts";
import { UploadSession } from "./upload-session.ts";

/**
 * The way into MaxCompute tables: uploads, downloads and their sessions.
 *
 * Tables are named `table`, `project.table` or `project.schema.table`, with or without a partition: `/pt=1/region=cn`.
 */
export class TableTunnel {
  readonly #configuration: TunnelConfiguration;
  readonly #open: OpenConnection;

  /**
   * Sends nothing; the first call does.
   *
   * @throws TableTunnelError `invalid-configuration`
   */
  constructor(configuration: TunnelConfiguration) {
    this.#configuration = configuration;
    this.#open = connect(configuration);
  }

  /** What sessions are made with; for use with `@maxcompute-tunnel/session`. */
  get connection(): TunnelConnection {
    return this.#open.tunnel;
  }

  /** Starts an upload into a table or partition. */
  async createUploadSession(
    table: string | TableTarget,
    options: CreateUploadSessionOptions = {},
  ): Promise<UploadSession> {
    const target = this.#target(table, options.partition);
    return UploadSession.create(this.connection, target, { ...options, ...partitionOf(target) });
  }

  /** Takes up an upload again by its id. The partition must be the one it was created with. */
  async getUploadSession(
    table: string | TableTarget,
    uploadId: string,
    options: UploadSessionOptions = {},
  ): Promise<UploadSession> {
    const target = this.#target(table, options.partition);
    return UploadSession.resume(this.connection, target, uploadId, { ...options, ...partitionOf(target) });
  }

  /** Fixes a view of a table or partition for reading, for 24 hours. */
  async createDownloadSession(
    table: string | TableTarget,
    options: DownloadSessionOptions = {},
  ): Promise<DownloadSession> {
    const target = this.#target(table, options.partition);
    return new DownloadSession(
      await createDownloadSession(this.connection, target, { ...options, ...partitionOf(target) }),
    );
  }

  /**
   * Uploads rows into a table and commits them: all of them or none.
   *
   * `rows` is an array, a generator or a stream of objects, arrays or records. When anything fails, what is in flight
   * is aborted, nothing is committed, and the error says what is left on the server.
   *
   * @typeParam R - the rows' own type, an interface for example; columns and values are checked when they are encoded
   * @throws TableTunnelError `upload-failed`, with the reason as `cause`
   */
  upload<R extends object = RecordInput>(
    table: string | TableTarget,
    rows: Iterable<R> | AsyncIterable<R>,
    options?: UploadOptions & { readonly job?: undefined },
  ): Promise<UploadReceipt>;
  /**
   * Uploads rows once, under the name of a job that a journal remembers: after success it does nothing and says so,
   * after a crash it goes on where it was, and a commit in doubt is settled before anything else. What that guarantees,
   * and what it cannot, is in `docs/effectively-once.md`.
   *
   * @throws TableTunnelError `upload-failed`, with the `WriterError` as `cause`: `journal-locked` when somebody else is
   *   running the job, `source-changed` when the rows are not those that were stored …
   */
  upload<R extends object = RecordInput>(
    table: string | TableTarget,
    rows: JobRows<R>,
    options: JobUploadOptions,
  ): Promise<JobReceipt>;
  async upload<R extends object>(
    table: string | TableTarget,
    rows: JobRows<R>,
    options: UploadOptions | JobUploadOptions = {},
  ): Promise<UploadReceipt | JobReceipt> {
    const target = this.#target(table, options.partition);
    if ("job" in options && options.job !== undefined)
      return uploadJob(this.connection, target, rows, options);
    return uploadRows(this.connection, target, rows as Iterable<R>, { ...options, ...partitionOf(target) });
  }

  /**
   * Goes on with the upload of a job that was begun before, and refuses to begin one.
   *
   * @throws TableTunnelError `upload-failed`, with the `WriterError` `nothing-to-resume` as `cause` when there is none
   */
  async resume<R extends object = RecordInput>(
    table: string | TableTarget,
    rows: JobRows<R>,
    options: JobUploadOptions,
  ): Promise<JobReceipt> {
    return resumeJob(this.connection, this.#target(table, options.partition), rows, options);
  }

  /** Reads the rows of a table or partition, all of them or a range, as {@link DownloadSession.rows} does. */
  async *download<R extends object = Row>(
    table: string | TableTarget,
    options: ReadRowsOptions & DownloadSessionOptions = {},
  ): AsyncGenerator<R, void, undefined> {
    const session = await this.createDownloadSession(table, options);
    yield* session.rows<R>(options);
  }

  /** Waits for the requests under way and closes this tunnel's own connections. A dispatcher you brought stays open. */
  async close(): Promise<void> {
    await this.#open.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #target(table: string | TableTarget, partition: string | PartitionSpec | undefined): TableTarget {
    const target = typeof table === "string" ? parseTableTarget(table, this.#configuration) : table;
    if (partition === undefined) return target;
    const spec = formatPartitionSpec(
      typeof partition === "string" ? parsePartitionSpec(partition) : partition,
    );
    if (target.partition === undefined || target.partition === spec) return { ...target, partition: spec };
    throw new TableTunnelError(
      `Expected one partition, got ${formatTableTarget(target)} and the option partition ${spec}`,
      { code: "invalid-target" },
    );
  }
}

/** Makes a {@link TableTunnel}. */
export function createTunnel(configuration: TunnelConfiguration): TableTunnel {
  return new TableTunnel(configuration);
}

function partitionOf({ partition }: TableTarget): { readonly partition?: string } {
  return partition === undefined ? {} : { partition };
}
