import { type ColumnType, formatDate } from "@maxcompute-tunnel/codec";
import { queryFailure } from "./query-failure.ts";

/** Turns a value of the database that is not NULL into what the record encoder takes. */
export type FromDuckDb = (value: unknown) => unknown;

/** Works the conversion to a type out once, for all values of a result column. */
export function fromDuckDbValue(type: ColumnType): FromDuckDb {
  switch (type.kind) {
    case "tinyint":
    case "smallint":
    case "int":
      return Number;
    case "bigint":
      return (value) => inRange(BigInt(value as number | bigint));
    case "float":
    case "double":
    case "boolean":
      return (value) => value;
    case "decimal":
      return (value) => decimalText(value as Decimal);
    case "binary":
      return (value) => (value as { readonly bytes: Uint8Array }).bytes;
    case "date":
      return (value) => formatDate((value as { readonly days: number }).days);
    case "datetime":
      return (value) => new Date(Number(floorDivide(nanosecondsOf(value), 1_000_000n)));
    case "timestamp":
    case "timestamp_ntz":
      return (value) => instantOf(nanosecondsOf(value));
    case "interval_day_time":
      return (value) => dayTimeOf(value as Interval);
    case "interval_year_month":
      return (value) => yearMonthOf(value as Interval);
    case "array": {
      const element = orNull(fromDuckDbValue(type.element));
      return (value) => (value as { readonly items: readonly unknown[] }).items.map(element);
    }
    case "map": {
      const key = fromDuckDbValue(type.key);
      const item = orNull(fromDuckDbValue(type.value));
      return (value) =>
        (value as { readonly entries: readonly { key: unknown; value: unknown }[] }).entries.map((entry) => [
          key(entry.key),
          item(entry.value),
        ]);
    }
    case "struct": {
      const fields = type.fields.map(({ name, type: field }) => ({
        name,
        convert: orNull(fromDuckDbValue(field)),
      }));
      return (value) => {
        const { entries } = value as { readonly entries: Readonly<Record<string, unknown>> };
        // Names may differ in case; then the place counts.
        const byPlace = Object.values(entries);
        return fields.map(({ name, convert }, index) =>
          convert(Object.hasOwn(entries, name) ? entries[name] : byPlace[index]),
        );
      };
    }
    default:
      return String;
  }
}

/** The same for values that may be NULL. */
export function orNull(convert: FromDuckDb): FromDuckDb {
  return (value) => (value === null || value === undefined ? null : convert(value));
}

interface Decimal {
  readonly value: bigint;
  readonly scale: number;
}

interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) {
    throw overflow(`${value} does not fit into a BIGINT`);
  }
  return value;
}

/** Plain notation without zeros at the end, as the service writes decimals. */
function decimalText({ value, scale }: Decimal): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const fraction = digits.slice(point).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Every kind of timestamp has one field, named for its unit. */
function nanosecondsOf(value: unknown): bigint {
  const time = value as { readonly [unit: string]: unknown; readonly isFinite?: boolean };
  if (time.isFinite === false) {
    throw overflow("a time without end");
  }
  for (const [unit, factor] of Object.entries(units)) {
    const count = time[unit];
    if (typeof count === "bigint") {
      return count * factor;
    }
  }
  throw new TypeError("Expected a timestamp of the database");
}

const units = { nanos: 1n, micros: 1000n, millis: 1_000_000n, seconds: 1_000_000_000n } as const;

function instantOf(nanoseconds: bigint): { seconds: bigint; nanos: number } {
  const seconds = floorDivide(nanoseconds, 1_000_000_000n);
  return { seconds, nanos: Number(nanoseconds - seconds * 1_000_000_000n) };
}

function dayTimeOf({ months, days, micros }: Interval): { seconds: bigint; nanos: number } {
  if (months !== 0) {
    throw overflow("an interval of months, where one of days and seconds is expected");
  }
  return instantOf((BigInt(days) * 86_400_000_000n + micros) * 1000n);
}

function yearMonthOf({ months, days, micros }: Interval): number {
  if (days !== 0 || micros !== 0n) {
    throw overflow("an interval of days and seconds, where one of months is expected");
  }
  return months;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

function overflow(problem: string): Error {
  return queryFailure("ODPS-0121145:Data overflow", problem);
}
