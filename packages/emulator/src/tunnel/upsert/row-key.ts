import { type ColumnType, parseType, type Timestamp } from "@maxcompute-tunnel/codec";
import { Refusal } from "../../refusal.ts";
import type { Bucket, TableColumn } from "../../storage/state.ts";
import { bucketOf } from "./hash/bucket-of.ts";
import { columnHash } from "./hash/column-hash.ts";
import { decimalUnits } from "./hash/decimal-units.ts";
import type { KeyTable } from "./key-table.ts";

/** Reads the primary key of rows, given as arrays by column. */
export interface RowKey {
  /** Text that two rows share exactly when their keys are equal. */
  text(row: readonly unknown[]): string;
  /** The bucket that the key hashes to. */
  bucket(row: readonly unknown[]): number;
  /** Positions of the key's columns. */
  readonly columns: readonly number[];
}

/** @throws Refusal when a column of the key has a type that keys cannot have */
export function rowKey(
  columns: readonly TableColumn[],
  { primaryKey, hasher, bucketCount }: Pick<KeyTable, "primaryKey" | "hasher" | "bucketCount">,
): RowKey {
  const parts = primaryKey.map((name) => {
    const index = columns.findIndex((column) => column.name === name);
    const type = parseType(columns[index]?.type ?? "");
    const hash = columnHash(type, hasher);
    if (hash === undefined) {
      throw new Refusal(
        "InvalidArgument",
        `The column ${name} is a ${type.kind}, which cannot be part of a key.`,
      );
    }
    return { index, hash, text: valueText(type) };
  });
  const [only] = parts;
  const single = parts.length === 1 ? only : undefined;
  return {
    columns: parts.map(({ index }) => index),
    text:
      single === undefined
        ? (row) => JSON.stringify(parts.map(({ index, text }) => text(row[index])))
        : (row) => single.text(row[single.index]),
    bucket: (row) =>
      bucketOf(
        parts.map(({ index, hash }) => hash(row[index])),
        bucketCount,
      ),
  };
}

/** Whether a bucket was filled by the rules that hold now. */
export function isCurrent(
  bucket: Bucket | undefined,
  { bucketCount, hasher }: Pick<KeyTable, "hasher" | "bucketCount">,
): bucket is Bucket {
  return bucket?.of === bucketCount && bucket.hasher === hasher;
}

/** Writes values of a type so that equal ones, and only those, give equal text. */
function valueText(type: ColumnType): (value: unknown) => string {
  switch (type.kind) {
    case "decimal":
      return (value) => String(decimalUnits(value as string, type.scale ?? 18));
    case "datetime":
      return (value) => String((value as Date).getTime());
    case "timestamp":
    case "timestamp_ntz":
    case "interval_day_time":
      return (value) => `${(value as Timestamp).seconds}.${(value as Timestamp).nanos}`;
    case "float":
    case "double":
      return (value) => (Object.is(value, -0) ? "-0" : String(value));
    case "binary":
      return (value) => Buffer.from(value as Uint8Array).toString("hex");
    case "string":
    case "char":
    case "varchar":
      // Text that is not UTF-8 comes as bytes.
      return (value) =>
        value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString("hex")}` : `text ${value}`;
    default:
      return String;
  }
}
