import { loadedKernel, loadKernel } from "../kernel/kernel.ts";
import { RecordChecker } from "../kernel/record-checker.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import { isNested, type LeafRules, takeLeaf } from "./leaf-check.ts";
import { NestedWalk } from "./nested-walk.ts";
import { type PackSummary, type RecordLimits, resolveLimits, type ValidateOptions } from "./options.ts";
import type { FieldHandler } from "./pack-handlers.ts";
import { PackReader } from "./pack-reader.ts";
import { type ColumnPlan, planColumns } from "./type-plan.ts";

/** The kernel is not loaded for streams of fewer bytes. */
const bytesWorthLoading = 16 * 1024;

/**
 * Checks a record stream as its bytes arrive in pieces of any size, without building values: for servers. It holds
 * every checksum, tag, length and count against the stream and every value against its column: ranges, lengths,
 * decimal digits, NULL in NOT NULL columns. Strings may be any bytes, and JSON any text.
 *
 * It keeps no more of the stream than the value that the last piece broke off in.
 */
export class RecordStreamValidator {
  readonly #reader: PackReader;
  readonly #columns: readonly ColumnPlan[];
  readonly #limits: Required<RecordLimits>;
  /** Whether the kernel may be used and has not been tried. */
  #kernelUntried: boolean;
  #pushedBytes = 0;

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: ValidateOptions = {}) {
    const limits = resolveLimits(options);
    const checks = new FieldChecks({ maxFieldBytes: limits.maxFieldBytes, anyValue: false });
    this.#columns = planColumns(columns, "service");
    this.#limits = limits;
    this.#kernelUntried = options.kernel !== "js" && RecordChecker.takes(this.#columns);
    this.#reader = new PackReader(this.#columns, checks, {
      ...limits,
      metrics: options.metrics ?? "refuse",
      checkNulls: true,
      totalBytes: Number.POSITIVE_INFINITY,
    });
  }

  /** Records seen whole so far. */
  get recordCount(): number {
    return this.#reader.recordCount;
  }

  /**
   * Bytes that the records seen whole so far take: where the next one begins. Reading may start there later, with a
   * fresh decoder.
   */
  get recordsEnd(): number {
    return this.#reader.recordsEnd;
  }

  /**
   * CRC-32C of the checksums of the records seen whole so far, as a footer behind them would have it. With
   * {@link crc32cOfBoth} it gives the footer of any run of records.
   */
  get recordsChecksum(): number {
    return this.#reader.recordsChecksum;
  }

  /**
   * Takes the next bytes; they are not kept.
   *
   * @returns the records seen whole so far.
   * @throws CodecError saying row, column, path and offset. A validator that threw cannot go on.
   */
  push(chunk: Uint8Array): number {
    if (this.#kernelUntried) this.#tryKernel(chunk.length);
    this.#reader.push(chunk);
    return this.#reader.recordCount;
  }

  /** @throws CodecError `truncated`, or `missing-footer` when the bytes end behind a whole record. */
  end(): PackSummary {
    return this.#reader.end();
  }

  #tryKernel(moreBytes: number): void {
    this.#pushedBytes += moreBytes;
    const kernel = this.#pushedBytes < bytesWorthLoading ? loadedKernel() : loadKernel();
    this.#kernelUntried = kernel === undefined && this.#pushedBytes < bytesWorthLoading;
    if (kernel !== undefined) {
      this.#reader.wholeRecords = new RecordChecker(kernel, this.#columns, this.#limits);
    }
  }
}

class FieldChecks implements FieldHandler {
  readonly #rules: LeafRules;
  readonly #walk: NestedWalk;

  constructor(rules: LeafRules) {
    this.#rules = rules;
    this.#walk = new NestedWalk(rules);
  }

  takeField(source: ByteSource, column: ColumnPlan): boolean {
    if (!isNested(column.type)) return takeLeaf(source, column.type, this.#rules);
    if (!this.#walk.isInside) this.#walk.begin(column.type);
    return this.#walk.go(source);
  }

  endRecord(): void {}
}
