import type { LaidOut } from "../kernel/record-layout.ts";
import type { ByteSource } from "../wire/byte-source.ts";
import { incomplete, outOfBytes, type ReadRules, readLeaf, readNested } from "./field-readers.ts";
import { isNested } from "./leaf-check.ts";
import { NestedWalk } from "./nested-walk.ts";
import type { FieldHandler } from "./pack-handlers.ts";
import type { ColumnPlan } from "./type-plan.ts";

/** What is made of the values of records. */
export interface RecordHandler {
  /** Takes a record's values, in schema order; the array is used again for the next. */
  takeRecord(values: readonly unknown[]): void;
  /** Takes records that the kernel has laid out; false, and nothing is taken, when one of them is wrong after all. */
  takeRun(run: LaidOut): boolean;
}

/** Builds the values of records field by field, and hands them on record by record. */
export class FieldValues implements FieldHandler {
  readonly #rules: ReadRules;
  readonly #handler: RecordHandler;
  /** Finds the end of a nested value that is not whole, so that it is built once only. */
  readonly #walk: NestedWalk;
  /** How far into the value the walk got. */
  #walked = 0;
  /** The values of the record so far, in schema order. */
  protected readonly values: unknown[];

  constructor(columns: readonly ColumnPlan[], handler: RecordHandler, rules: ReadRules) {
    this.#handler = handler;
    this.#rules = rules;
    this.#walk = new NestedWalk({ maxFieldBytes: rules.maxFieldBytes, anyValue: true });
    this.values = new Array<unknown>(columns.length).fill(null);
  }

  takeField(source: ByteSource, column: ColumnPlan): boolean {
    const value = isNested(column.type)
      ? this.#takeNested(source, column)
      : readLeaf(source, column.type, this.#rules);
    if (value === incomplete) return false;
    this.values[column.number - 1] = value;
    return true;
  }

  endRecord(): void {
    this.#handler.takeRecord(this.values);
    this.values.fill(null);
  }

  #takeNested(source: ByteSource, column: ColumnPlan): unknown {
    const { pos, crc } = source;
    if (!this.#walk.isInside) {
      try {
        return readNested(source, column.type, this.#rules);
      } catch (error) {
        if (error !== outOfBytes) throw error;
      }
      this.#walk.begin(column.type);
      this.#walked = 0;
    }
    source.pos = pos + this.#walked;
    const isWhole = this.#walk.go(source);
    this.#walked = source.pos - pos;
    source.pos = pos;
    source.crc = crc;
    return isWhole ? readNested(source, column.type, this.#rules) : incomplete;
  }
}
