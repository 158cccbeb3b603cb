import type { ColumnType } from "@maxcompute-tunnel/codec/schema";
import { fromHex, short } from "./hex.ts";
import { TesteeError } from "./testee-error.ts";

/**
 * The JavaScript value that the library encodes for a value written by the conventions. Shapes that the
 * conventions do not know are refused here; whether a well-shaped value fits its column is for the library to say.
 */
export function toInput(type: ColumnType, value: unknown, where: string): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
    case "interval_year_month":
      return expectNumber(value, type.kind, where);
    case "bigint":
      return typeof value === "number" ? value : integer(value, "a decimal string", where);
    case "float":
    case "double":
      return floatingPoint(value, where);
    case "boolean":
      return expect(typeof value === "boolean", value, "true or false", where);
    case "string":
    case "char":
    case "varchar":
      if (typeof value === "string") return value;
      return hexBytes(value, "a string or {hex}", where);
    case "binary":
    case "geography":
      return hexBytes(value, "{hex}", where);
    case "decimal":
    case "date":
    case "json":
      return expect(typeof value === "string", value, "a string", where);
    case "datetime":
      return datetime(value, where);
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time":
      return secondsAndNanos(value, where);
    case "array":
      return list(value, where).map((element, index) => toInput(type.element, element, `${where}[${index}]`));
    case "vector":
      return list(value, where).map((element, index) => floatingPoint(element, `${where}[${index}]`));
    case "map":
      return list(value, where).map((entry, index) => {
        const pair = list(entry, `${where}[${index}]`);
        expect(pair.length === 2, entry, "a pair of key and value", `${where}[${index}]`);
        return [
          toInput(type.key, pair[0], `${where}[${index}].key`),
          toInput(type.value, pair[1], `${where}[${index}].value`),
        ];
      });
    case "struct": {
      const fields = list(value, where);
      const { length } = type.fields;
      expect(fields.length === length, value, `${length} values in field order`, where);
      return type.fields.map((field, index) => toInput(field.type, fields[index], `${where}.${field.name}`));
    }
  }
}

function expect<T>(holds: boolean, value: T, what: string, where: string): T {
  if (!holds) throw new TesteeError("bad-shape", `${where}: Expected ${what}, got ${short(value)}`);
  return value;
}

function expectNumber(value: unknown, kind: string, where: string): number {
  return expect(typeof value === "number", value, `a JSON number for ${kind}`, where) as number;
}

function integer(value: unknown, what: string, where: string): bigint {
  expect(typeof value === "string" && /^-?\d{1,40}$/.test(value), value, what, where);
  return BigInt(value as string);
}

const specialNumbers: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

function floatingPoint(value: unknown, where: string): number {
  const special = specialNumbers.get(value);
  if (special !== undefined) return special;
  return expect(
    typeof value === "number",
    value,
    'a JSON number, "NaN", "Infinity" or "-Infinity"',
    where,
  ) as number;
}

function hexBytes(value: unknown, what: string, where: string): Uint8Array {
  const members = expectMembers(value, ["hex"], what, where);
  return fromHex(members["hex"], where);
}

function datetime(value: unknown, where: string): bigint {
  const { epoch_ms, utc } = expectMembers(value, ["epoch_ms", "utc"], "{epoch_ms, utc}", where);
  const epochMs = integer(epoch_ms, "epoch_ms to be a decimal string", where);
  if (utc !== undefined) {
    const same = typeof utc === "string" && Date.parse(utc) === Number(epochMs);
    expect(same, value, "epoch_ms and utc to be the same moment", where);
  }
  return epochMs;
}

function secondsAndNanos(
  value: unknown,
  where: string,
): { readonly seconds: bigint; readonly nanos: number } {
  const { seconds, nanos } = expectMembers(value, ["seconds", "nanos"], "{seconds, nanos}", where);
  return {
    seconds: integer(seconds, "seconds to be a decimal string", where),
    nanos: expectNumber(nanos, "nanos", where),
  };
}

function list(value: unknown, where: string): readonly unknown[] {
  return expect(Array.isArray(value), value, "a JSON array", where) as readonly unknown[];
}

function expectMembers(
  value: unknown,
  names: readonly string[],
  what: string,
  where: string,
): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  expect(isObject && Object.keys(value).every((name) => names.includes(name)), value, what, where);
  return value as Record<string, unknown>;
}
