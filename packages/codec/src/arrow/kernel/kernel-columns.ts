import { addRecords } from "../../kernel/add-records.ts";
import type { PackBody } from "../../record/pack-body.ts";
import type { ColumnPlan } from "../../record/type-plan.ts";
import { InvalidValue } from "../../values/invalid-value.ts";
import type { ArrowBatchLike } from "../arrow-data.ts";
import type { ColumnFeed } from "../column-feeds.ts";
import { type ColumnsKernel, loadColumnsKernel, loadedColumnsKernel } from "./columns-kernel.ts";
import { nodeBytes } from "./node-ops.ts";
import { type NodePlan, type NodeRules, nodePlan, nullNode } from "./node-plan.ts";
import { NodeWriter, NotLaidOut } from "./node-writer.ts";
import { dictionaryBytes, sliceBytes } from "./slice-bytes.ts";

/** The kernel is not loaded for batches of fewer rows. */
const rowsWorthLoading = 64;
/** Rows that are laid out together: enough to be worth it, few enough to stay in the processor's cache. */
const rowsAtOnce = 2048;
/** The same by bytes, and what one row, or all dictionaries, may take. */
const bytesAtOnce = 1024 * 1024;
const largestRow = 16 * 1024 * 1024;
/** Room for records. */
const outBytes = 512 * 1024;
/** The kernel may write so much beyond its room, for each column and besides. */
const columnRoom = 32;

/** What a {@link KernelColumns} holds rows against. */
export interface KernelColumnsRules extends NodeRules {
  readonly maxFieldBytes: number;
  readonly maxRecordBytes: number;
}

/** Rows that lie in the kernel's memory. */
export interface ColumnSlice {
  /** The row of the batch that it ends before. */
  readonly end: number;
  /**
   * Encodes rows from `row` on into a pack.
   *
   * @returns the row that it did not take, which has to go the plain way, or the end.
   */
  encode(row: number, body: PackBody): number;
}

/** Columns of Arrow batches that the kernel encodes, slice by slice. */
export class KernelColumns {
  readonly #columns: readonly ColumnPlan[];
  readonly #rules: KernelColumnsRules;
  #feeds: readonly (ColumnFeed | undefined)[] | undefined;
  /** For the feeds above; undefined when the kernel cannot do one of them. */
  #nodes: readonly NodePlan[] | undefined;

  constructor(columns: readonly ColumnPlan[], rules: KernelColumnsRules) {
    this.#columns = columns;
    this.#rules = rules;
  }

  /** Lays rows of a batch out, as many as are good to do together. Undefined when they have to go the plain way. */
  open(
    batch: ArrowBatchLike,
    feeds: readonly (ColumnFeed | undefined)[],
    from: number,
    to: number,
  ): ColumnSlice | undefined {
    const kernel = to - from < rowsWorthLoading ? loadedColumnsKernel() : loadColumnsKernel();
    if (kernel === undefined) return undefined;
    if (this.#feeds !== feeds) {
      this.#nodes = this.#plan(feeds);
      this.#feeds = feeds;
    }
    const nodes = this.#nodes;
    const data = batch.data.children;
    if (nodes === undefined) return undefined;
    const dataOf = (index: number) => data[feeds[index]?.at ?? -1];
    const fixedBytes = nodes.reduce((bytes, node, index) => bytes + dictionaryBytes(node, dataOf(index)), 0);
    if (fixedBytes > largestRow) return undefined;
    // Dictionaries are copied for each slice: large ones for more rows.
    const limit = Math.max(bytesAtOnce, fixedBytes);
    let end = Math.min(to, from + Math.max(rowsAtOnce, Math.floor(fixedBytes / 32)));
    const bytesOfRows = (): number =>
      nodes.reduce((bytes, node, index) => bytes + sliceBytes(node, dataOf(index), from, end), 0);
    while (end - from > 1 && bytesOfRows() > limit) end = from + ((end - from) >> 1);
    if (end - from === 1 && bytesOfRows() > largestRow) return undefined;
    return this.#layOut(kernel, batch, feeds, nodes, from, end);
  }

  #plan(feeds: readonly (ColumnFeed | undefined)[]): readonly NodePlan[] | undefined {
    const nodes: NodePlan[] = [];
    for (const [index, feed] of feeds.entries()) {
      const node =
        feed === undefined ? nullNode : nodePlan(feed.source, this.#columns[index]!.type, this.#rules);
      if (node === undefined) return undefined;
      nodes.push(node);
    }
    return nodes;
  }

  #layOut(
    kernel: ColumnsKernel,
    batch: ArrowBatchLike,
    feeds: readonly (ColumnFeed | undefined)[],
    nodes: readonly NodePlan[],
    from: number,
    end: number,
  ): ColumnSlice | undefined {
    const { memory } = kernel;
    const writer = new NodeWriter(memory);
    const table = writer.allocate(nodes.length * nodeBytes);
    try {
      nodes.forEach((node, index) => {
        const data = batch.data.children[feeds[index]?.at ?? -1];
        writer.write(node, data, from, end, table + index * nodeBytes);
      });
    } catch (error) {
      if (error instanceof NotLaidOut || error instanceof InvalidValue) return undefined;
      throw error;
    }
    const ends = writer.allocate((end - from) * 4);
    const room = outBytes + nodes.length * columnRoom * 2;
    const out = writer.allocate(room);
    this.#columns.forEach((column, index) => {
      const at = (table >> 2) + index * (nodeBytes / 4);
      memory.words[at + 14] = column.tag;
      memory.words[at + 15] = column.nullable || this.#rules.checks === "wire" ? 0 : 1;
    });
    return {
      end,
      encode: (row, body) => this.#encode(kernel, { table, ends, out, room, from, end }, row, body),
    };
  }

  #encode(
    kernel: ColumnsKernel,
    { table, ends, out, room, from, end }: LaidOut,
    start: number,
    body: PackBody,
  ): number {
    const { maxFieldBytes, maxRecordBytes } = this.#rules;
    const { bytes, words, results } = kernel.memory;
    let row = start;
    while (row < end) {
      const count = kernel.encodeColumns(
        table,
        this.#columns.length,
        row - from,
        end - from,
        out,
        room,
        ends,
        body.packCrc,
        maxFieldBytes,
        maxRecordBytes,
      );
      const length = words[results + 1]!;
      addRecords(
        body.sink,
        bytes.subarray(out, out + length),
        words.subarray(ends >> 2, (ends >> 2) + count),
      );
      body.packCrc = words[results]! | 0;
      body.recordCount += count;
      row += count;
      if (count === 0 || words[results + 2] === 0) break;
    }
    return row;
  }
}

/** Where a slice lies, and which rows it has. */
interface LaidOut {
  readonly table: number;
  readonly ends: number;
  readonly out: number;
  readonly room: number;
  readonly from: number;
  readonly end: number;
}
