import type { DuckDBValue } from "@duckdb/node-api";
import { type ColumnType, parseDate } from "@maxcompute-tunnel/codec";
import { unscaledDecimal } from "../tunnel/arrow/decimal-words.ts";
import type { DuckDb } from "./load-duckdb.ts";
import { queryFailure } from "./query-failure.ts";

/** Turns a value that is not NULL, as the record decoder gives it, into the database's. */
export type ToDuckDb = (value: unknown) => DuckDBValue;

/**
 * Works the conversion of a type out once, for all values of a column.
 *
 * Every value arrives as it is or fails: nothing is rounded or cut.
 *
 * @throws RangeError for the types that the database has no counterpart for
 */
export function toDuckDbValue(type: ColumnType, duckDb: DuckDb): ToDuckDb {
  switch (type.kind) {
    case "string":
    case "char":
    case "varchar":
    case "json":
      return (value) => {
        if (typeof value !== "string") {
          throw cannotHold("a text that is not UTF-8");
        }
        return value;
      };
    case "binary":
      return (value) => new duckDb.DuckDBBlobValue(value as Uint8Array);
    case "decimal":
      return decimals(type.precision ?? 38, type.scale ?? (type.precision === undefined ? 18 : 0), duckDb);
    case "date":
      return (value) => new duckDb.DuckDBDateValue(parseDate(value as string));
    case "datetime":
      return (value) => new duckDb.DuckDBTimestampValue(BigInt((value as Date).getTime()) * 1000n);
    case "timestamp":
    case "timestamp_ntz":
      return (value) => new duckDb.DuckDBTimestampNanosecondsValue(nanosecondsOf(value as Instant));
    case "interval_day_time":
      return (value) => new duckDb.DuckDBIntervalValue(0, 0, microsecondsOf(value as Instant));
    case "interval_year_month":
      return (value) => new duckDb.DuckDBIntervalValue(value as number, 0, 0n);
    case "array": {
      const element = orNull(toDuckDbValue(type.element, duckDb));
      return (value) => new duckDb.DuckDBListValue((value as readonly unknown[]).map(element));
    }
    case "map": {
      const key = toDuckDbValue(type.key, duckDb);
      const item = orNull(toDuckDbValue(type.value, duckDb));
      return (value) =>
        new duckDb.DuckDBMapValue(
          (value as readonly (readonly [unknown, unknown])[]).map((entry) => {
            if (entry[0] === null || entry[0] === undefined) {
              throw cannotHold("a map with a NULL key");
            }
            return { key: key(entry[0]), value: item(entry[1]) };
          }),
        );
    }
    case "struct": {
      const fields = type.fields.map((field) => ({
        name: field.name,
        convert: orNull(toDuckDbValue(field.type, duckDb)),
      }));
      return (value) => {
        const given = value as Readonly<Record<string, unknown>>;
        const entries = fields.map(({ name, convert }) => [name, convert(given[name])] as const);
        return new duckDb.DuckDBStructValue(Object.fromEntries(entries));
      };
    }
    case "vector":
    case "geography":
      throw new RangeError(`Expected a type that queries can read, got ${type.kind}`);
    default:
      return (value) => value as number | bigint | boolean;
  }
}

/** The same for values that may be NULL. */
export function orNull(convert: ToDuckDb): ToDuckDb {
  return (value) => (value === null || value === undefined ? null : convert(value));
}

interface Instant {
  readonly seconds: bigint;
  readonly nanos: number;
}

function decimals(precision: number, scale: number, duckDb: DuckDb): ToDuckDb {
  const limit = 10n ** BigInt(precision);
  return (value) => {
    const unscaled = unscaledDecimal(String(value), scale);
    if (unscaled === undefined || unscaled >= limit || unscaled <= -limit) {
      throw cannotHold(`the decimal ${String(value).slice(0, 80)} in (${precision},${scale})`);
    }
    return new duckDb.DuckDBDecimalValue(unscaled, precision, scale);
  };
}

/** Both ends of 64 bits stand for infinity. */
const largest = 2n ** 63n - 2n;

function nanosecondsOf({ seconds, nanos }: Instant): bigint {
  const total = seconds * 1_000_000_000n + BigInt(nanos);
  if (total > largest || total < -largest) {
    throw cannotHold(`the time ${seconds} seconds from 1970; timestamps reach from the year 1677 to 2262`);
  }
  return total;
}

function microsecondsOf({ seconds, nanos }: Instant): bigint {
  const total = seconds * 1_000_000n + BigInt(Math.floor(nanos / 1000));
  if (nanos % 1000 !== 0 || total > largest || total < -largest) {
    throw cannotHold(
      `the interval of ${seconds} seconds and ${nanos} nanoseconds; intervals count microseconds`,
    );
  }
  return total;
}

function cannotHold(what: string): Error {
  return queryFailure("ODPS-0121145:Data overflow", `queries cannot hold ${what}`);
}
