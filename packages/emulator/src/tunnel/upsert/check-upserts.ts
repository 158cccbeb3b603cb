import { RecordStreamDecoder } from "@maxcompute-tunnel/codec";
import { Refusal } from "../../refusal.ts";
import type { TableColumn, UpsertRecord } from "../../storage/state.ts";
import { rowKey } from "./row-key.ts";
import { operationOf, upsertColumns, valueColumnsOf } from "./upsert-record.ts";

/**
 * Makes a check for the records of one bucket, as their bytes arrive: every key hashes to the bucket, every operation
 * is known, whole rows have their NOT NULL values, partial updates are offered and name columns that exist.
 *
 * A key in the wrong bucket would be stored twice without anybody noticing, so it is refused by name.
 */
export function checkUpserts(session: UpsertRecord, bucket: number): (piece: Uint8Array) => void {
  const { columns, primaryKey, partialUpdate } = session;
  const decoder = new RecordStreamDecoder<readonly unknown[]>(upsertColumns(columns, primaryKey), {
    rowShape: "array",
    invalidUtf8: "bytes",
  });
  const key = rowKey(columns, session);
  let row = 0;
  const refuse = (what: string): Refusal => new Refusal("MalformedDataStream", `row ${row}: ${what}`);

  const check = (record: readonly unknown[]): void => {
    const operation = operationOf(record);
    if (operation === undefined) {
      throw refuse(`Expected __operation to be 85 (upsert) or 68 (delete), got ${record.at(-3)}`);
    }
    const actual = key.bucket(record);
    if (actual !== bucket) {
      const { hasher, bucketCount } = session;
      throw refuse(
        `The key hashes to bucket ${actual} of ${bucketCount}, but was sent to bucket ${bucket} (hasher ${hasher})`,
      );
    }
    const ids = valueColumnsOf(record);
    if (ids.length > 0 && !partialUpdate) {
      throw refuse(
        "Values of some columns only are not taken: the table is not 'acid.partial.fields.update.enable'='true'",
      );
    }
    const unknown = ids.find((id) => typeof id !== "bigint" || columns[Number(id)] === undefined);
    if (unknown !== undefined) {
      throw refuse(`Expected __value_cols to hold ids from 0 to ${columns.length - 1}, got ${unknown}`);
    }
    if (operation === "upsert") {
      const missing = missingValue(record, columns, ids);
      if (missing !== undefined) {
        throw refuse(`column ${missing.name}: Expected a value, got NULL`);
      }
    }
  };

  return (piece) => {
    for (const record of decoder.push(piece)) {
      check(record);
      row += 1;
    }
  };
}

/** The first NOT NULL column that a record sets to NULL. */
function missingValue(
  record: readonly unknown[],
  columns: readonly TableColumn[],
  ids: readonly unknown[],
): TableColumn | undefined {
  const isNull = (column: TableColumn | undefined, index: number): boolean =>
    column?.nullable === false && record[index] === null;
  return ids.length === 0
    ? columns.find(isNull)
    : columns.find((column, index) => isNull(column, index) && ids.includes(BigInt(index)));
}
