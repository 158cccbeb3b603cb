import { dateTimeMs } from "../values/date-time.ts";
import { splitBigintValue } from "../values/integer.ts";
import { InvalidValue } from "../values/invalid-value.ts";
import type { ByteSink } from "../wire/byte-sink.ts";
import { feed4 } from "../wire/crc32c.ts";
import { int64, splitNumber } from "../wire/int64.ts";
import { type WriteRules, writeValue } from "./field-writers.ts";
import { writeText } from "./leaf-writers.ts";
import type { RecordPackOptions } from "./options.ts";
import { PropertyMap } from "./property-map.ts";
import {
  type ColumnPlan,
  opBigint,
  opDateTime,
  opDouble,
  opInteger,
  opString,
  type TypePlan,
} from "./type-plan.ts";

/** Writes rows as the fields of a record: everything but what ends it. */
export class RecordEncoder {
  /** Index of the column that was being written, for whoever catches an error; -1 for the row as a whole. */
  column = -1;
  readonly #columns: readonly ColumnPlan[];
  readonly #properties: PropertyMap;
  readonly rules: WriteRules;

  constructor(columns: readonly ColumnPlan[], maxFieldBytes: number, options: RecordPackOptions) {
    const unknown = options.unknownProperties ?? "error";
    this.#columns = columns;
    this.#properties = new PropertyMap(
      columns.map((column) => column.name),
      unknown,
      "column",
    );
    const fields = new Map<TypePlan, PropertyMap>();
    this.rules = {
      maxFieldBytes,
      anyValue: options.checks === "wire",
      asSent: (options.checks ?? "service") !== "service",
      fieldsOf: (struct) => {
        const known = fields.get(struct);
        if (known !== undefined) return known;
        const made = new PropertyMap(struct.fieldNames, unknown, "field");
        fields.set(struct, made);
        return made;
      },
    };
  }

  /** @throws InvalidValue, with {@link column} saying which; the sink then holds part of the row. */
  writeRow(sink: ByteSink, row: unknown): void {
    this.column = -1;
    const columns = this.#columns;
    if (Array.isArray(row)) {
      if (row.length > columns.length) {
        throw new InvalidValue("too-many-values", `at most ${columns.length} values`, row);
      }
      for (let index = 0; index < columns.length; index++) {
        this.column = index;
        this.#writeField(sink, columns[index]!, row[index]);
      }
      return;
    }
    if (typeof row !== "object" || row === null) {
      throw new InvalidValue("wrong-type", "a row as an object or an array", row);
    }
    const values = row as Record<string, unknown>;
    const properties = this.#properties.find(values);
    for (let index = 0; index < columns.length; index++) {
      this.column = index;
      const property = properties[index];
      this.#writeField(sink, columns[index]!, property === undefined ? undefined : values[property]);
    }
  }

  /** The commonest types are written here, where the field number and the value are checksummed in one step. */
  #writeField(sink: ByteSink, column: ColumnPlan, value: unknown): void {
    if (value === null || value === undefined) {
      if (!column.nullable && !this.rules.anyValue) {
        throw new InvalidValue("null-not-allowed", `a value of ${column.type.name}`, value);
      }
      return;
    }
    switch (column.op) {
      case opBigint:
        if (typeof value === "number" && Number.isSafeInteger(value)) splitNumber(value);
        else splitBigintValue(value, this.rules.asSent);
        sink.integerField(column.tag, column.number, int64.low, int64.high);
        return;
      case opDateTime:
        splitNumber(dateTimeMs(value, this.rules.anyValue));
        sink.integerField(column.tag, column.number, int64.low, int64.high);
        return;
      case opInteger: {
        const { min, max } = column.type;
        // Anything else than a small enough number takes the long way below.
        if (typeof value !== "number" || (value | 0) !== value || value < min || value > max) break;
        sink.integerField(column.tag, column.number, value | 0, value >> 31);
        return;
      }
      case opDouble:
        if (typeof value !== "number") break;
        sink.doubleField(column.tag, column.number, value);
        return;
    }
    sink.ensure(5);
    sink.tag(column.tag);
    sink.crc = feed4(sink.crc, column.number);
    if (column.op === opString) writeText(sink, column.type, value, this.rules);
    else writeValue(sink, column.type, value, this.rules);
  }
}
