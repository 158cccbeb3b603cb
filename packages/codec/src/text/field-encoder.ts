import { type WriteRules, writeValue } from "../record/field-writers.ts";
import { PropertyMap } from "../record/property-map.ts";
import { type ColumnPlan, planColumns, type TypePlan } from "../record/type-plan.ts";
import type { ColumnType } from "../schema/column-type.ts";
import { parseType } from "../schema/parse-type.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import type { ByteSink } from "../wire/byte-sink.ts";
import { feed4 } from "../wire/crc32c.ts";
import { type FieldConverter, fieldConverter } from "./convert/column-converter.ts";
import type { ConversionRules } from "./convert/conversion.ts";
import { ValueRefused } from "./convert/value-refused.ts";

/** Writes fields of text into records: the rules that everything quicker has to agree with. */
export class FieldEncoder {
  readonly columns: readonly ColumnPlan[];
  readonly types: readonly ColumnType[];
  readonly #converters: readonly FieldConverter[];
  readonly #rules: WriteRules;

  /** @throws CodecError `invalid-schema`, `invalid-type` */
  constructor(columns: readonly ColumnSpec[], conversion: ConversionRules, maxFieldBytes: number) {
    this.columns = planColumns(columns, "service");
    this.types = columns.map((column) => parseType(column.type));
    this.#converters = this.types.map((type, index) =>
      fieldConverter(columns[index]!.name, type, conversion),
    );
    const fields = new Map<TypePlan, PropertyMap>();
    this.#rules = {
      maxFieldBytes,
      anyValue: false,
      asSent: false,
      fieldsOf: (struct) => {
        const known = fields.get(struct) ?? new PropertyMap(struct.fieldNames, "error", "field");
        fields.set(struct, known);
        return known;
      },
    };
  }

  /**
   * Writes a field that is not NULL, from its text.
   *
   * @throws ValueRefused, JsonFault, InvalidValue; the sink then holds part of it.
   */
  writeText(sink: ByteSink, column: number, bytes: Uint8Array, start: number, end: number): void {
    this.writeValue(sink, column, this.#converters[column]!(bytes, start, end));
  }

  /** Writes a value; a JSON null is none. */
  writeValue(sink: ByteSink, index: number, value: unknown): void {
    const column = this.columns[index]!;
    if (value === null) {
      if (!column.nullable)
        throw new ValueRefused("a value, because the column is NOT NULL", undefined, "null-not-allowed");
      return;
    }
    sink.ensure(5);
    sink.tag(column.tag);
    sink.crc = feed4(sink.crc, column.number);
    writeValue(sink, column.type, value, this.#rules);
  }
}
