import type { Row } from "@maxcompute-tunnel/codec";
import type {
  CreateUploadSessionOptions,
  DownloadSessionOptions,
  TunnelConnection,
  UploadSessionOptions,
} from "@maxcompute-tunnel/session";
import type { TunnelConfiguration } from "./configuration.ts";
import type { DownloadSession, ReadRowsOptions } from "./download-session.ts";
import type { TableTarget } from "./table-target.ts";
import type { UploadOptions, UploadReceipt } from "./upload.ts";
import type { RecordInput, UploadSession } from "./upload-session.ts";

/** The way into MaxCompute tables: uploads, downloads and their sessions. */
export class TableTunnel {
  readonly configuration: TunnelConfiguration;

  /**
   * Only stores what it is given; the first request is made by the first call.
   *
   * @throws TableTunnelError `invalid-configuration`
   */
  constructor(configuration: TunnelConfiguration) {
    this.configuration = configuration;
  }

  /** What sessions are made with; for use with `@maxcompute-tunnel/session`. */
  get connection(): TunnelConnection {
    throw new Error("not ready");
  }

  /**
   * Starts an upload into a table: `table`, `project.table`, `project.schema.table`, with or without `/pt=1,…`.
   */
  async createUploadSession(
    table: string | TableTarget,
    options: CreateUploadSessionOptions = {},
  ): Promise<UploadSession> {
    void [table, options];
    throw new Error("not ready");
  }

  /** Takes up an upload again by its id. */
  async getUploadSession(
    table: string | TableTarget,
    uploadId: string,
    options: UploadSessionOptions = {},
  ): Promise<UploadSession> {
    void [table, uploadId, options];
    throw new Error("not ready");
  }

  /** Fixes a view of a table or partition for reading. */
  async createDownloadSession(
    table: string | TableTarget,
    options: DownloadSessionOptions = {},
  ): Promise<DownloadSession> {
    void [table, options];
    throw new Error("not ready");
  }

  /**
   * Uploads rows into a table and commits them: all of them or none.
   *
   * `rows` is an array, a generator or a stream of objects, arrays or records. When anything fails, what is in flight
   * is aborted, nothing is committed, and the error says what is left on the server.
   *
   * @throws TableTunnelError `upload-failed`, with the reason as `cause`
   */
  async upload(
    target: string | TableTarget,
    rows: Iterable<RecordInput> | AsyncIterable<RecordInput>,
    options: UploadOptions = {},
  ): Promise<UploadReceipt> {
    void [target, rows, options];
    throw new Error("not ready");
  }

  /** Reads the rows of a table or partition, all of them or a range. */
  download<R extends object = Row>(
    target: string | TableTarget,
    options: ReadRowsOptions & DownloadSessionOptions = {},
  ): AsyncIterable<R> {
    void [target, options];
    throw new Error("not ready");
  }

  /** Waits for the requests under way and closes this tunnel's own connections. */
  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Makes a {@link TableTunnel}. */
export function createTunnel(configuration: TunnelConfiguration): TableTunnel {
  return new TableTunnel(configuration);
}
