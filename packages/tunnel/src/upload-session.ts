import type { Row, RowInput } from "@maxcompute-tunnel/codec";
import type {
  BlockUploadSession,
  CommitOptions,
  CommitReceipt,
  CreateUploadSessionOptions,
  TableName,
  TunnelConnection,
  TunnelSchema,
  UploadSessionOptions,
  UploadStatus,
} from "@maxcompute-tunnel/session";
import type {
  BufferedWriter,
  BufferedWriterOptions,
  Compressor,
  RecordWriter,
  RecordWriterOptions,
} from "@maxcompute-tunnel/writer";
import type { TunnelRecord } from "./record.ts";

/** What the writers of an {@link UploadSession} take: rows as objects or arrays, or records. */
export type RecordInput = RowInput | TunnelRecord<object>;

interface SignalOption {
  readonly signal?: AbortSignal;
}

/**
 * One upload into a table or partition: write blocks, then commit them together.
 *
 * It has every method of the reference interface under its own name. Those that ask the service give promises, and a
 * session comes from `TableTunnel`, or from {@link UploadSession.create} and {@link UploadSession.resume}.
 */
export class UploadSession {
  /** The session below, which carries blocks of bytes; for what this class does not offer. */
  readonly blocks: BlockUploadSession;

  /** For those who have a block session already; others use `TableTunnel`. */
  constructor(blocks: BlockUploadSession) {
    this.blocks = blocks;
  }

  /** Starts an upload. The service gives it an id and keeps it for 24 hours. */
  static async create(
    connection: TunnelConnection,
    table: TableName,
    options: CreateUploadSessionOptions = {},
  ): Promise<UploadSession> {
    void [connection, table, options];
    throw new Error("not ready");
  }

  /** Takes up an upload again by its id. */
  static async resume(
    connection: TunnelConnection,
    table: TableName,
    uploadId: string,
    options: UploadSessionOptions = {},
  ): Promise<UploadSession> {
    void [connection, table, uploadId, options];
    throw new Error("not ready");
  }

  /**
   * Commits the upload: exactly these blocks become visible in the table, together.
   *
   * The list is compared with the server's both ways, and row counts where both sides know them; nothing is committed
   * when they differ. A lost answer is settled by asking for the status. May be called again after a failure.
   */
  async commit(blocks: Iterable<number | bigint>, options: CommitOptions = {}): Promise<CommitReceipt> {
    void [blocks, options];
    throw new Error("not ready");
  }

  /** The ids of the blocks the server holds, ascending. */
  async getBlockList(options: SignalOption = {}): Promise<readonly number[]> {
    void options;
    throw new Error("not ready");
  }

  /** The id that the service gave the upload. */
  getId(): string {
    return this.blocks.id;
  }

  /** The table's columns and partition keys. */
  getSchema(): TunnelSchema {
    return this.blocks.schema;
  }

  /** Where the upload stands, as the service sees it now. */
  async getStatus(options: SignalOption = {}): Promise<UploadStatus> {
    return this.blocks.status(options);
  }

  /** An empty record of the table's columns. */
  newRecord<R extends object = Row>(): TunnelRecord<R> {
    throw new Error("not ready");
  }

  /**
   * Opens a writer that streams one block of any size in constant memory.
   *
   * @param blockId 0 to 20000; one id, one writer
   * @param compress `true` for deflate, a compressor, or all options
   */
  async openRecordWriter<R extends RecordInput = RecordInput>(
    blockId: number,
    compress: boolean | Compressor | RecordWriterOptions = {},
  ): Promise<RecordWriter<R>> {
    void [blockId, compress];
    throw new Error("not ready");
  }

  /**
   * Opens a writer that hides block ids and sends blocks again by itself: the one to use.
   *
   * @param compress `true` for deflate, a compressor, or all options
   */
  openBufferedWriter<R extends RecordInput = RecordInput>(
    compress: boolean | Compressor | BufferedWriterOptions = {},
  ): BufferedWriter<R> {
    void compress;
    throw new Error("not ready");
  }
}
