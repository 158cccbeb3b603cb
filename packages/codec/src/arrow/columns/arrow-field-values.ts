import type { ReadRules } from "../../record/field-readers.ts";
import { FieldValues, type RecordHandler } from "../../record/field-values.ts";
import type { ColumnPlan } from "../../record/type-plan.ts";
import { InvalidValue, showValue } from "../../values/invalid-value.ts";
import { BadBytes } from "../../wire/bad-bytes.ts";
import type { ByteSource } from "../../wire/byte-source.ts";
import type { ArrowInstants } from "./arrow-types.ts";
import { toArrow } from "./arrow-values.ts";

/** Builds the values of records as columns take them. */
export class ArrowFieldValues extends FieldValues {
  readonly #instants: ArrowInstants;

  constructor(
    columns: readonly ColumnPlan[],
    handler: RecordHandler,
    rules: ReadRules,
    instants: ArrowInstants,
  ) {
    super(columns, handler, rules);
    this.#instants = instants;
  }

  override takeField(source: ByteSource, column: ColumnPlan): boolean {
    const at = source.offset;
    if (!super.takeField(source, column)) return false;
    const index = column.number - 1;
    try {
      this.values[index] = toArrow(this.values[index], column.type, this.#instants);
      return true;
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const bad = new BadBytes(error.code, error.expected, showValue(error.value), at);
      bad.path = error.path;
      throw bad;
    }
  }
}
