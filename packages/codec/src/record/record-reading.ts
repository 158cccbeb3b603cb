import { loadDecodeKernel, loadedDecodeKernel } from "../kernel/decode-kernel.ts";
import type { Lay } from "../kernel/layout-plan.ts";
import { layoutWith } from "../kernel/record-layout.ts";
import type { RecordHandler } from "./field-values.ts";
import type { DecodeOptions, PackSummary, RecordLimits } from "./options.ts";
import type { FieldHandler } from "./pack-handlers.ts";
import { PackReader } from "./pack-reader.ts";
import type { ColumnPlan, TypePlan } from "./type-plan.ts";

/** The kernel is not loaded for streams of fewer bytes. */
const bytesWorthLoading = 16 * 1024;

/** What decides how records are read. */
export interface ReadingRules {
  readonly options: DecodeOptions;
  readonly limits: Required<RecordLimits>;
  /** Length of the whole stream, where it is known. */
  readonly totalBytes: number;
  /** How the kernel is to lay a type's values out; undefined for what it cannot. */
  readonly layOf: (type: TypePlan) => Lay | undefined;
}

/** Reads records for a handler: with the kernel once that is worth it, and without it what is unusual. */
export class RecordReading {
  readonly #reader: PackReader;
  readonly #handler: RecordHandler;
  readonly #columns: readonly ColumnPlan[];
  readonly #rules: ReadingRules;
  /** Whether the kernel may be used and has not been tried. */
  #kernelUntried: boolean;
  #pushedBytes = 0;

  constructor(
    columns: readonly ColumnPlan[],
    values: FieldHandler,
    handler: RecordHandler,
    rules: ReadingRules,
  ) {
    const { options, limits, totalBytes } = rules;
    this.#handler = handler;
    this.#columns = columns;
    this.#rules = rules;
    this.#kernelUntried = options.kernel !== "js";
    const metrics = options.metrics ?? "allow";
    this.#reader = new PackReader(columns, values, { ...limits, metrics, checkNulls: false, totalBytes });
  }

  get recordCount(): number {
    return this.#reader.recordCount;
  }

  push(chunk: Uint8Array): void {
    if (this.#kernelUntried) this.#tryKernel(chunk.length);
    this.#reader.push(chunk);
  }

  end(): PackSummary {
    return this.#reader.end();
  }

  #tryKernel(moreBytes: number): void {
    this.#pushedBytes += moreBytes;
    const kernel = this.#pushedBytes < bytesWorthLoading ? loadedDecodeKernel() : loadDecodeKernel();
    this.#kernelUntried = kernel === undefined && this.#pushedBytes < bytesWorthLoading;
    if (kernel === undefined) return;
    this.#reader.wholeRecords = layoutWith(kernel, this.#columns, this.#rules, this.#handler);
  }
}
