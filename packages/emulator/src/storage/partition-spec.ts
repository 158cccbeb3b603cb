import { Refusal } from "../refusal.ts";
import type { Table } from "./state.ts";

/**
 * The values that a `partition` parameter names, one per partition key and in the table's order.
 *
 * Levels are separated by `,`, or by `/` where there is no `,`; quotes around a value are not part of it.
 *
 * @throws Refusal when the table wants a partition and none is named, or the spec does not fit the table
 */
export function resolvePartition(table: Table, spec: string | undefined): readonly string[] {
  const keys = table.partitionKeys;
  if (spec === undefined || spec === "") {
    if (keys.length > 0) {
      throw new Refusal(
        "MissingPartitionSpec",
        `The table ${table.name} is partitioned by ${keys.map(({ name }) => name).join(", ")}; the request names no partition.`,
      );
    }
    return [];
  }
  if (keys.length === 0) {
    throw invalid(`The table ${table.name} is not partitioned, yet the request names the partition ${spec}.`);
  }
  const levels = parseLevels(spec, keys.length);
  return orderValues(table, levels);
}

/** Puts named values in the table's order. @throws Refusal unless every key has exactly one value */
export function orderValues(
  table: Table,
  levels: readonly { readonly key: string; readonly value: string }[],
): readonly string[] {
  const keys = table.partitionKeys;
  const named = new Map(levels.map(({ key, value }) => [key.toLowerCase(), value]));
  const known = keys.every(({ name }) => named.has(name.toLowerCase()));
  if (named.size !== levels.length || named.size !== keys.length || !known) {
    const given = levels.map(({ key }) => key).join(", ");
    throw invalid(
      `Expected a value for each of ${keys.map(({ name }) => name).join(", ")}, got one for ${given}.`,
    );
  }
  return keys.map(({ name, type }) => canonicalValue(name, type, named.get(name.toLowerCase()) ?? ""));
}

function parseLevels(spec: string, count: number): { key: string; value: string }[] {
  const separator = spec.includes(",") || count === 1 ? "," : "/";
  return spec.split(separator).map((level) => {
    const equals = level.indexOf("=");
    if (equals <= 0) {
      throw invalid(`Expected key=value for each partition level, got ${JSON.stringify(level)}.`);
    }
    return { key: level.slice(0, equals).trim(), value: unquoted(level.slice(equals + 1).trim()) };
  });
}

function unquoted(text: string): string {
  const quote = text[0];
  const quoted = text.length > 1 && (quote === "'" || quote === '"') && text.endsWith(quote);
  return quoted ? text.slice(1, -1) : text;
}

/** `01` and `1` name the same partition of an integer key. */
function canonicalValue(name: string, type: string, value: string): string {
  if (value === "") {
    throw invalid(`Expected a value for the partition key ${name}, got none.`);
  }
  if (!/^(tinyint|smallint|int|bigint)$/.test(type)) {
    return value;
  }
  if (!/^[+-]?\d{1,19}$/.test(value)) {
    throw invalid(`Expected a ${type} for the partition key ${name}, got ${JSON.stringify(value)}.`);
  }
  return String(BigInt(value));
}

function invalid(message: string): Refusal {
  return new Refusal("InvalidPartitionSpec", message);
}
