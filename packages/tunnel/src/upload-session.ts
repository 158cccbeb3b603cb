import type { Row } from "@maxcompute-tunnel/codec";
import {
  type BlockUploadSession,
  type CallOptions,
  type CommitOptions,
  type CommitReceipt,
  type CreateUploadSessionOptions,
  createUploadSession,
  resumeUploadSession,
  type TableName,
  type TunnelConnection,
  type TunnelSchema,
  type UploadSessionOptions,
  type UploadStatus,
} from "@maxcompute-tunnel/session";
import {
  type BufferedWriter,
  type BufferedWriterOptions,
  type Compressor,
  openBufferedWriter,
  openRecordWriter,
  type RecordWriter,
  type RecordWriterOptions,
} from "@maxcompute-tunnel/writer";
import { TunnelRecord } from "./record.ts";
import {
  bufferedWriterTakingRecords,
  type RecordInput,
  recordWriterTakingRecords,
} from "./record-writers.ts";

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
    return new UploadSession(await createUploadSession(connection, table, options));
  }

  /** Takes up an upload again by its id. */
  static async resume(
    connection: TunnelConnection,
    table: TableName,
    uploadId: string,
    options: UploadSessionOptions = {},
  ): Promise<UploadSession> {
    return new UploadSession(await resumeUploadSession(connection, table, uploadId, options));
  }

  /**
   * Commits the upload: exactly these blocks become visible in the table, together.
   *
   * The list is compared with the server's both ways, and row counts where both sides know them; nothing is committed
   * when they differ. A lost answer is settled by asking for the status. After any error but `outcome-unknown` it may
   * be called again.
   *
   * @throws SessionError `block-list-differs` naming what differs, `record-count-differs`, `commit-failed`,
   *   `outcome-unknown`
   */
  async commit(blocks: Iterable<number | bigint>, options: CommitOptions = {}): Promise<CommitReceipt> {
    return this.blocks.commit(Array.from(blocks, Number), options);
  }

  /** The ids of the blocks the server holds, ascending. */
  async getBlockList(options: CallOptions = {}): Promise<readonly number[]> {
    return (await this.blocks.listBlocks(options)).map((block) => block.blockId);
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
  async getStatus(options: CallOptions = {}): Promise<UploadStatus> {
    return this.blocks.status(options);
  }

  /** An empty record of the table's columns. */
  newRecord<R extends object = Row>(): TunnelRecord<R> {
    return new TunnelRecord<R>(this.blocks.schema.columns);
  }

  /**
   * Opens a writer that streams one block of any size in constant memory.
   *
   * @param blockId 0 to 20000; one id, one writer
   * @param compress `true` for deflate, a compressor, or all options
   * @throws WriterError `block-exists` when the server holds the block already, `block-in-use`, `invalid-block-id`
   */
  async openRecordWriter<R = RecordInput>(
    blockId: number,
    compress: boolean | Compressor | RecordWriterOptions = {},
  ): Promise<RecordWriter<R>> {
    const writer = await openRecordWriter<unknown>(this.blocks, blockId, optionsOf(compress));
    return recordWriterTakingRecords<R>(writer);
  }

  /**
   * Opens a writer that hides block ids and sends blocks again by itself: the one to use.
   *
   * @param compress `true` for deflate, a compressor, or all options
   */
  openBufferedWriter<R = RecordInput>(
    compress: boolean | Compressor | BufferedWriterOptions = {},
  ): BufferedWriter<R> {
    return bufferedWriterTakingRecords<R>(openBufferedWriter<unknown>(this.blocks, optionsOf(compress)));
  }
}

/** The reference's second argument says whether to compress; ours may say everything else too. */
function optionsOf<Options extends object>(
  compress: boolean | Compressor | Options,
): Options | { readonly compress: boolean | Compressor } {
  if (typeof compress === "boolean" || isCompressor(compress)) return { compress };
  return compress;
}

function isCompressor(value: object): value is Compressor {
  return "contentEncoding" in value;
}
