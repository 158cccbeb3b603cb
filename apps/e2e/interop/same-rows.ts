import { type ColumnType, parseType } from "@maxcompute-tunnel/codec/schema";
import type { ColumnSpec } from "maxcompute-tunnel";

type Rows = readonly (readonly unknown[])[];

/**
 * What tells two lists of rows apart, or `undefined`. The first column numbers the rows, so their order does not
 * matter. CHAR is compared as the service pads it, decimals as numbers, maps without regard to order, JSON as values.
 */
export function difference(
  expected: Rows,
  actual: unknown,
  columns: readonly ColumnSpec[],
): string | undefined {
  if (!Array.isArray(actual)) return `Expected rows, got ${JSON.stringify(actual)}`;
  if (actual.length !== expected.length) return `Expected ${expected.length} rows, got ${actual.length}`;
  const types = columns.map(({ type }) => parseType(type));
  const byId = new Map((actual as Rows).map((row) => [String(row[0]), row]));
  for (const row of expected) {
    const other = byId.get(String(row[0]));
    if (other === undefined) return `Row ${row[0]} is missing`;
    for (const [index, type] of types.entries()) {
      const want = canonical(row[index], type);
      const got = canonical(other[index], type);
      if (want !== got) return `Row ${row[0]}, column ${columns[index]?.name}: Expected ${want}, got ${got}`;
    }
  }
  return undefined;
}

function canonical(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return "NULL";
  switch (type.kind) {
    case "char":
      return JSON.stringify((value as string).padEnd(type.length, " "));
    case "float":
      return typeof value === "number" ? String(Math.fround(value)) : String(value);
    case "decimal":
      return plainDecimal(String(value));
    case "datetime":
      return (value as { epoch_ms: string }).epoch_ms;
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time": {
      const { seconds, nanos } = value as { seconds: string; nanos: number };
      return `${seconds}s ${nanos}ns`;
    }
    case "json":
      return JSON.stringify(JSON.parse(value as string), (_, member) => sortKeys(member));
    case "array":
      return `[${(value as unknown[]).map((item) => canonical(item, type.element)).join(", ")}]`;
    case "map": {
      const entries = (value as [unknown, unknown][]).map(
        ([key, item]) => `${canonical(key, type.key)}: ${canonical(item, type.value)}`,
      );
      return `{${entries.sort().join(", ")}}`;
    }
    case "struct":
      return `(${type.fields.map((field, index) => canonical((value as unknown[])[index], field.type)).join(", ")})`;
    default:
      return JSON.stringify(value);
  }
}

/** Decimal text without leading zeros, trailing zeros or an exponent (PyODPS sends small values as `1E-18`). */
function plainDecimal(text: string): string {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (parts === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  if (digits === 0n) return "0";
  const padded = String(scale < 0 ? digits * 10n ** BigInt(-scale) : digits).padStart(
    Math.max(scale, 0) + 1,
    "0",
  );
  const point = padded.length - Math.max(scale, 0);
  const rest = padded.slice(point).replace(/0+$/, "");
  return `${sign === "-" ? "-" : ""}${padded.slice(0, point)}${rest === "" ? "" : `.${rest}`}`;
}

function sortKeys(member: unknown): unknown {
  if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
  return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
}
