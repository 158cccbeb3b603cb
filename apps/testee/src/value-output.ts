import type { ColumnType, DayTimeInterval, Timestamp } from "@maxcompute-tunnel/codec/schema";
import { toHex } from "./hex.ts";

/** A decoded value written by the conventions. */
export function toOutput(type: ColumnType, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case "bigint":
      return String(value);
    case "float":
    case "double":
      return floatingPoint(value as number);
    case "string":
    case "char":
    case "varchar":
    case "binary":
    case "geography":
      return value instanceof Uint8Array ? { hex: toHex(value) } : value;
    case "datetime":
      return datetime(value as Date);
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time": {
      const { seconds, nanos } = value as Timestamp | DayTimeInterval;
      return { seconds: String(seconds), nanos };
    }
    case "array":
      return (value as readonly unknown[]).map((element) => toOutput(type.element, element));
    case "vector":
      return (value as readonly number[]).map(floatingPoint);
    case "map":
      return (value as readonly (readonly [unknown, unknown])[]).map(([key, entry]) => [
        toOutput(type.key, key),
        toOutput(type.value, entry),
      ]);
    case "struct": {
      const fields = value as Readonly<Record<string, unknown>>;
      return type.fields.map((field) => toOutput(field.type, fields[field.name]));
    }
    default:
      return value;
  }
}

function floatingPoint(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function datetime(value: Date): { readonly epoch_ms: string; readonly utc: string } {
  return { epoch_ms: String(value.getTime()), utc: value.toISOString().replace(".000Z", "Z") };
}
