import { type ColumnType, parseType } from "@maxcompute-tunnel/codec/schema";
import type { SampleTable } from "./tables.ts";

/** Rows as the adapter programs take and give them: the conventions of the golden vectors. */
export function tellRows(table: SampleTable): readonly (readonly unknown[])[] {
  const types = table.columns.map(({ type }) => parseType(type));
  return table.rows.map((row) => types.map((type, index) => tellValue(row[index], type)));
}

/** One value of our library in those conventions. */
export function tellValue(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "bigint":
    case "decimal":
      return String(value);
    case "float":
    case "double":
      return Number.isFinite(value) ? value : String(value);
    case "binary":
      return { hex: Buffer.from(value as Uint8Array).toString("hex") };
    case "datetime":
      return { epoch_ms: String((value as Date).getTime()) };
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time": {
      const { seconds, nanos } = value as { readonly seconds: bigint; readonly nanos: number };
      return { seconds: String(seconds), nanos };
    }
    case "array":
      return (value as readonly unknown[]).map((item) => tellValue(item, type.element));
    case "map":
      return (value as readonly (readonly [unknown, unknown])[]).map(([key, item]) => [
        tellValue(key, type.key),
        tellValue(item, type.value),
      ]);
    case "struct":
      return type.fields.map((field) =>
        tellValue((value as Readonly<Record<string, unknown>>)[field.name], field.type),
      );
    default:
      return value;
  }
}
