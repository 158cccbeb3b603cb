import { ServiceError } from "./errors.ts";

/** One level of a partition: a key and its value, neither quoted. */
export interface PartitionLevel {
  readonly name: string;
  readonly value: string;
}

/** One partition: its levels in the table's order, or an object such as `{ pt: "20240102", region: "cn" }`. */
export type PartitionLevels = readonly PartitionLevel[] | Readonly<Record<string, string>>;

/** The levels as a checked list. @throws ServiceError `invalid-argument`. */
export function partitionLevels(partition: PartitionLevels): readonly PartitionLevel[] {
  const levels: readonly PartitionLevel[] = isList(partition)
    ? partition
    : Object.entries(partition).map(([name, value]) => ({ name, value }));
  if (levels.length === 0) throw new ServiceError("invalid-argument", "Expected a partition, got no levels");
  for (const { name, value } of levels) {
    if (!/^\w+$/u.test(name)) {
      throw new ServiceError(
        "invalid-argument",
        `Expected the name of a partition key, got ${JSON.stringify(name)}`,
      );
    }
    if (typeof value !== "string" || value === "" || /['"\p{Cc}\p{Cs}]/u.test(value)) {
      throw new ServiceError(
        "invalid-argument",
        `Expected a value without quotes or control characters for partition key ${name}, got ${JSON.stringify(value)}`,
      );
    }
  }
  return levels;
}

/** Writes a partition as the REST service and SQL take it: `pt='20240102',region='cn'`. */
export function quotePartition(levels: readonly PartitionLevel[], escapeBackslash: boolean): string {
  return levels
    .map(({ name, value }) => `${name}='${escapeBackslash ? value.replaceAll("\\", "\\\\") : value}'`)
    .join(",");
}

function isList(partition: PartitionLevels): partition is readonly PartitionLevel[] {
  return Array.isArray(partition);
}
