import { Refusal } from "../../refusal.ts";
import type { HasherName, Table } from "../../storage/state.ts";

/** What the service uses where a table does not say. protocol: table property `write.bucket.num`. */
const defaultBucketCount = 16;
const maxBucketCount = 4096;

/** How a table with a primary key takes upserts. */
export interface KeyTable {
  readonly primaryKey: readonly string[];
  readonly bucketCount: number;
  readonly hasher: HasherName;
  /** Whether a record may bring some of a row's values only. */
  readonly partialUpdate: boolean;
}

/**
 * Reads from a table's properties how it takes upserts: `write.bucket.num`, `acid.partial.fields.update.enable`, and
 * `emulator.upsert.hasher` (`default` or `legacy`), which is the emulator's own, to try clients with either.
 *
 * @throws Refusal when the table has no primary key or a property has no sense
 */
export function keyTable({ name, primaryKey, properties }: Table): KeyTable {
  if (primaryKey.length === 0) {
    throw new Refusal("InvalidArgument", `The table ${name} has no primary key, so it takes no upserts.`);
  }
  const buckets = properties["write.bucket.num"] ?? String(defaultBucketCount);
  const bucketCount = /^\d{1,4}$/.test(buckets) ? Number(buckets) : 0;
  if (bucketCount < 1 || bucketCount > maxBucketCount) {
    throw new Refusal(
      "InvalidArgument",
      `Expected write.bucket.num of ${name} to be from 1 to ${maxBucketCount}, got ${JSON.stringify(buckets)}.`,
    );
  }
  const hasher = properties["emulator.upsert.hasher"] ?? "default";
  if (hasher !== "default" && hasher !== "legacy") {
    throw new Refusal(
      "InvalidArgument",
      `Expected emulator.upsert.hasher of ${name} to be default or legacy, got ${JSON.stringify(hasher)}.`,
    );
  }
  const partialUpdate = properties["acid.partial.fields.update.enable"]?.toLowerCase() === "true";
  return { primaryKey, bucketCount, hasher, partialUpdate };
}
