import type { AvroColumn } from "./avro-column.ts";
import type { AvroType } from "./avro-schema.ts";
import { BytesColumn, decimalColumn, fixedColumn } from "./byte-columns.ts";
import { AnyColumn, ListColumn, NullColumn, OptionalColumn, RecordColumn } from "./nested-columns.ts";
import { BooleanColumn, enumColumn, numbers, wholeColumn } from "./number-columns.ts";

/** The column for a type. */
export function avroColumn(type: AvroType): AvroColumn {
  switch (type.kind) {
    case "null":
      return new NullColumn();
    case "boolean":
      return new BooleanColumn();
    case "int":
    case "long":
      return wholeColumn(type.kind, type.logical);
    case "float":
      return numbers({ typeId: 3, precision: 1 }, Float32Array, (cursor) => cursor.float());
    case "double":
      return numbers({ typeId: 3, precision: 2 }, Float64Array, (cursor) => cursor.double());
    case "bytes":
      if (type.logical === "decimal") return decimalColumn(type, (cursor) => cursor.take(cursor.count()));
      return new BytesColumn({ typeId: 4 }, (cursor) => cursor.take(cursor.count()));
    case "string":
      return textColumn();
    case "fixed":
      return fixedColumn(type);
    case "enum":
      return enumColumn(type.symbols);
    case "array":
      return new ListColumn(avroColumn(type.item));
    case "map":
      return new ListColumn(avroColumn(type.item), textColumn());
    case "record":
      return new RecordColumn(type.fields.map(({ name, type: own }) => ({ name, column: avroColumn(own) })));
    case "union":
      return unionColumn(type.branches);
  }
}

/** Unions of NULL and one type are that type; others are read past, and no column can be made of them. */
function unionColumn(branches: readonly AvroType[]): AvroColumn {
  const kept = branches.filter(({ kind }) => kind !== "null");
  if (kept.length === 1) return new OptionalColumn(branches, avroColumn(kept[0]!));
  return kept.length === 0
    ? new OptionalColumn(branches, new NullColumn())
    : new AnyColumn(branches.map(avroColumn));
}

function textColumn(): AvroColumn {
  return new BytesColumn({ typeId: 5 }, (cursor) => cursor.take(cursor.count()));
}
