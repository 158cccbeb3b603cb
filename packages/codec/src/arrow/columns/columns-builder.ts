import { putColumn } from "../../kernel/column-values.ts";
import { layNested } from "../../kernel/layout-plan.ts";
import type { LaidOut } from "../../kernel/record-layout.ts";
import type { ReadRules } from "../../record/field-readers.ts";
import type { RecordHandler } from "../../record/field-values.ts";
import { InvalidValue } from "../../values/invalid-value.ts";
import { BadBytes } from "../../wire/bad-bytes.ts";
import type { ArrowField, ArrowInstants } from "./arrow-types.ts";
import { toArrow } from "./arrow-values.ts";
import { builderOf } from "./builder-of.ts";
import type { ColumnBuilder } from "./column-builder.ts";
import type { ColumnBatch } from "./column-data.ts";

/** How many rows make a batch. */
export interface BatchSize {
  readonly batchRows: number;
  readonly batchBytes: number;
}

/** Makes batches of columns of records, which come one by one or as the kernel has laid them out. */
export class ColumnsBuilder implements RecordHandler {
  readonly #fields: readonly ArrowField[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #rules: ReadRules;
  readonly #instants: ArrowInstants;
  readonly #size: BatchSize;
  #rowCount = 0;
  #batches: ColumnBatch[] = [];

  constructor(
    fields: readonly ArrowField[],
    rules: ReadRules & { readonly instants: ArrowInstants },
    size: BatchSize,
  ) {
    this.#fields = fields;
    this.#builders = fields.map(({ type }) => builderOf(type));
    this.#rules = rules;
    this.#instants = rules.instants;
    this.#size = size;
  }

  /** The batches that are full. */
  take(): ColumnBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }

  /** The rows that are in no batch yet, as a shorter one. */
  flush(): ColumnBatch | undefined {
    if (this.#rowCount === 0) return undefined;
    const numRows = this.#rowCount;
    this.#rowCount = 0;
    const children = this.#builders.map((builder) => builder.take());
    return { numRows, schema: { fields: this.#fields }, data: { children } };
  }

  /** @param values as `toArrow` makes them. */
  takeRecord(values: readonly unknown[]): void {
    this.#builders.forEach((builder, index) => {
      builder.append(values[index]);
    });
    this.#rowCount++;
    this.#flushFull();
  }

  takeRun(run: LaidOut): boolean {
    const nested = this.#nestedValues(run);
    if (nested === undefined) return false;
    for (let from = 0; from < run.rowCount; ) {
      const count = Math.min(run.rowCount - from, this.#size.batchRows - this.#rowCount);
      const part = { run, from, count };
      this.#builders.forEach((builder, index) => {
        const values = nested[index];
        if (values === undefined) builder.appendPart(part, index);
        else for (let row = from; row < from + count; row++) builder.append(values[row]);
      });
      this.#rowCount += count;
      this.#flushFull();
      from += count;
    }
    return true;
  }

  /** By column: the values of nested ones; undefined when one of them is wrong in itself. */
  #nestedValues(run: LaidOut): readonly (readonly unknown[] | undefined)[] | undefined {
    try {
      return run.columns.map(({ column, lay }, index) => {
        if (lay.kind !== layNested) return undefined;
        const values = new Array<unknown>(run.rowCount);
        putColumn(run, index, this.#rules, values);
        return values.map((value) => toArrow(value, column.type, this.#instants));
      });
    } catch (error) {
      if (error instanceof BadBytes || error instanceof InvalidValue) return undefined;
      throw error;
    }
  }

  #flushFull(): void {
    const isFull =
      this.#rowCount >= this.#size.batchRows ||
      this.#builders.reduce((sum, builder) => sum + builder.byteLength, 0) >= this.#size.batchBytes;
    if (!isFull) return;
    const batch = this.flush();
    if (batch !== undefined) this.#batches.push(batch);
  }
}
