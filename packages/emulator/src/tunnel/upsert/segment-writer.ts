import { RecordPack, type RecordPackOptions } from "@maxcompute-tunnel/codec";
import type { BlockFiles, BlockFileWriter } from "../../storage/block-files.ts";
import { RowMarks } from "../../storage/row-marks.ts";
import type { Segment, TableColumn } from "../../storage/state.ts";
import { encodeFooter, joinRuns, type RunOfRecords } from "../pack-footer.ts";

/** Rows are written to the file when this many bytes of them have gathered. */
const batchBytes = 256 * 1024;

/** Writes rows to a new block file, record pack, footer and marks as an upload has them. */
export class SegmentWriter {
  readonly #file: BlockFileWriter;
  readonly #pack: RecordPack<readonly unknown[]>;
  readonly #marks: RowMarks = new RowMarks();
  #run: RunOfRecords = { recordCount: 0, checksum: 0 };
  #offset = 0;

  private constructor(
    file: BlockFileWriter,
    columns: readonly TableColumn[],
    checks: NonNullable<RecordPackOptions["checks"]>,
  ) {
    this.#file = file;
    this.#pack = new RecordPack(columns, { checks });
  }

  /** `checks` says whether rows are held against the rules of uploads, or were so before. */
  static async open(
    blocks: BlockFiles,
    columns: readonly TableColumn[],
    checks: NonNullable<RecordPackOptions["checks"]> = "wire",
  ): Promise<SegmentWriter> {
    return new SegmentWriter(await blocks.create(), columns, checks);
  }

  /** Adds rows, with their values in the order of the columns. Calls must not overlap. */
  async addAll(rows: readonly (readonly unknown[])[]): Promise<void> {
    for (const row of rows) {
      this.#pack.append(row);
      if (this.#pack.byteLength >= batchBytes) {
        await this.#writeBatch();
      }
    }
  }

  /** Makes the file durable and describes it; without a row there is none. */
  async finish(): Promise<Segment | undefined> {
    await this.#writeBatch();
    const { recordCount, checksum } = this.#run;
    if (recordCount === 0) {
      await this.discard();
      return undefined;
    }
    const recordBytes = this.#offset;
    await this.#write([encodeFooter(this.#run)]);
    const byteLength = this.#offset;
    await this.#file.write(this.#marks.encode());
    return { file: await this.#file.finish(), recordCount, byteLength, recordBytes, checksum, plain: true };
  }

  /** Gives the file up. */
  discard(): Promise<void> {
    return this.#file.discard();
  }

  async #writeBatch(): Promise<void> {
    const chunks = this.#pack.drain();
    // What sealing gives now is only a footer, and the file gets one of all batches together.
    const { recordCount, checksum } = this.#pack.seal();
    await this.#write(chunks);
    this.#run = joinRuns(this.#run, { recordCount, checksum });
    this.#marks.note({
      row: this.#run.recordCount,
      offset: this.#offset,
      checksum: this.#run.checksum,
    });
  }

  async #write(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      await this.#file.write(chunk);
      this.#offset += chunk.length;
    }
  }
}
