import { growingBlockBytes } from "../../plan/block-plan.ts";
import { FixedParts, sourceChanged } from "../fixed-parts.ts";
import type { EncodeContext, EncodedBlock, EncodeTask } from "../format.ts";
import type { ColumnMapping } from "./column-mapping.ts";
import { MappedBatches } from "./mapped-batches.ts";
import { RowBlocks } from "./row-blocks.ts";
import { batchRows, type RowInput } from "./row-input.ts";

/** Makes the blocks of a task on rows: a range of a file, or a stream from its beginning to its end. */
export async function* encodeRows(
  task: EncodeTask,
  mapping: ColumnMapping,
  open: () => Promise<RowInput>,
  context: EncodeContext,
): AsyncGenerator<EncodedBlock, void, undefined> {
  const [only] = task.fixed;
  if (task.stream === undefined && only?.use === "skip") {
    yield { ...noBlock, start: only.start, end: only.end };
    return;
  }
  const input = await open();
  try {
    yield* new RowsTask(task, mapping, input, context).blocks();
  } finally {
    await input.close();
  }
}

class RowsTask {
  readonly #task: EncodeTask;
  readonly #input: RowInput;
  readonly #mapped: MappedBatches;
  readonly #fixed: FixedParts;
  readonly #blocks: RowBlocks;
  /** Where the block that is being made begins, and the next row. */
  #start: number;
  #at: number;
  #made = 0;

  constructor(task: EncodeTask, mapping: ColumnMapping, input: RowInput, context: EncodeContext) {
    this.#task = task;
    this.#input = input;
    this.#mapped = new MappedBatches(mapping);
    this.#fixed = new FixedParts(task.input.name, task.fixed);
    this.#blocks = new RowBlocks(task, context, mapping.patterns);
    this.#start = task.start;
    this.#at = task.start;
  }

  async *blocks(): AsyncGenerator<EncodedBlock, void, undefined> {
    const { start, end: last = Number.POSITIVE_INFINITY } = this.#task;
    try {
      for await (const batch of this.#input.batches(start)) {
        yield* this.#take(this.#mapped.map(batch), last);
        if (this.#blocks.gaveUp || this.#at >= last) break;
      }
      if (!this.#blocks.gaveUp && this.#task.fixed.length > 0) this.#fixed.finish(this.#at);
      const readBytes = this.#input.takeReadBytes();
      if (this.#at > this.#start || this.#blocks.gaveUp) yield await this.#seal(readBytes);
      else if (readBytes > 0 || this.#at === start)
        yield { ...noBlock, start: this.#at, end: this.#at, readBytes };
    } finally {
      this.#blocks.abort();
    }
  }

  async *#take(batch: ReturnType<MappedBatches["map"]>, last: number): AsyncGenerator<EncodedBlock> {
    let row = 0;
    const rows = Math.min(batch.numRows, last - this.#at);
    while (row < rows) {
      const { end, part } = this.#fixed.at(this.#at);
      const to = Math.min(rows, row + batchRows, row + end - this.#at);
      const count = to - row;
      if (part?.use !== "skip") {
        await this.#blocks.append(batch, row, to, this.#at - this.#start);
        if (this.#blocks.gaveUp) return;
      }
      row = to;
      this.#at += count;
      if (part !== undefined && part.use !== "again") {
        if (this.#at < end) continue;
        if (part.use === "compare" && this.#blocks.drop() !== part.sourceChecksum) {
          throw sourceChanged(this.#task.input.name, part);
        }
        yield { ...noBlock, start: part.start, end, readBytes: this.#input.takeReadBytes() };
        this.#start = end;
      } else if (this.#at === end || (part === undefined && this.#isFull())) {
        yield await this.#seal(this.#input.takeReadBytes());
      }
    }
  }

  #isFull(): boolean {
    const { stream, blockBytes } = this.#task;
    const full = stream === undefined ? blockBytes * 1.25 : growingBlockBytes(this.#made, this.#task);
    return this.#blocks.encodedBytes >= full;
  }

  async #seal(readBytes: number): Promise<EncodedBlock> {
    const block = await this.#blocks.seal(this.#start, this.#at, readBytes);
    this.#start = this.#at;
    this.#made += 1;
    return block;
  }
}

/** What a task says of rows that make no block. */
const noBlock: Omit<EncodedBlock, "start" | "end"> = {
  ...{ chunks: [], contentEncoding: undefined, rows: 0, bytes: 0, lines: undefined, checksum: 0 },
  ...{ sourceChecksum: 0, readBytes: 0, rejects: [], encodeMs: 0, compressMs: 0 },
};
