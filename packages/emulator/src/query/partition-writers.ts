import type { BlockFiles } from "../storage/block-files.ts";
import { partitionKey, type Segment, type TableColumn } from "../storage/state.ts";
import { SegmentWriter } from "../tunnel/upsert/segment-writer.ts";
import { queryFailure } from "./query-failure.ts";

/** One statement may write to so many partitions. protocol: MaxCompute, limits of dynamic partitions. */
const maxPartitions = 10_000;
/** So many files are written at once. */
const maxOpenFiles = 128;

interface Target {
  readonly values: readonly string[];
  readonly segments: Segment[];
  writer: SegmentWriter | undefined;
}

/** Sorts rows into new files, one or more for each partition; they are held against the rules of uploads. */
export class PartitionWriters {
  readonly #blocks: BlockFiles;
  readonly #columns: readonly TableColumn[];
  readonly #targets = new Map<string, Target>();
  /** In the order they were opened. */
  readonly #open = new Set<Target>();

  constructor(blocks: BlockFiles, columns: readonly TableColumn[]) {
    this.#blocks = blocks;
    this.#columns = columns;
  }

  /** Names a partition, which may stay without rows. */
  touch(values: readonly string[]): void {
    this.#target(values);
  }

  /** Adds rows. Calls must not overlap. */
  async addAll(values: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void> {
    const target = this.#target(values);
    target.writer ??= await this.#openFile(target);
    await target.writer.addAll(rows);
  }

  /** Makes the files durable. */
  async finish(): Promise<
    readonly { readonly values: readonly string[]; readonly segments: readonly Segment[] }[]
  > {
    for (const target of [...this.#open]) {
      await this.#close(target);
    }
    return [...this.#targets.values()].map(({ values, segments }) => ({ values, segments }));
  }

  /** Gives all files up. */
  async discard(): Promise<void> {
    for (const target of this.#open) {
      await target.writer?.discard();
    }
    this.#open.clear();
    this.#blocks.removeLater(
      [...this.#targets.values()].flatMap(({ segments }) => segments.map(({ file }) => file)),
    );
    this.#targets.clear();
  }

  #target(values: readonly string[]): Target {
    const key = partitionKey(values);
    const known = this.#targets.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#targets.size === maxPartitions) {
      throw queryFailure(
        "ODPS-0123031:Partition exception",
        `more than ${maxPartitions} partitions in one INSERT`,
      );
    }
    const target: Target = { values, segments: [], writer: undefined };
    this.#targets.set(key, target);
    return target;
  }

  async #openFile(target: Target): Promise<SegmentWriter> {
    const [oldest] = this.#open;
    if (this.#open.size >= maxOpenFiles && oldest !== undefined) {
      await this.#close(oldest);
    }
    const writer = await SegmentWriter.open(this.#blocks, this.#columns, "service");
    this.#open.add(target);
    return writer;
  }

  async #close(target: Target): Promise<void> {
    const segment = await target.writer?.finish();
    target.writer = undefined;
    this.#open.delete(target);
    if (segment !== undefined) {
      target.segments.push(segment);
    }
  }
}
