import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { TextPattern } from "@maxcompute-tunnel/codec/text";
import type { FileSourceOptions } from "@maxcompute-tunnel/files";
import { CliError } from "../errors.ts";
import { defaultMemoryBytes } from "../load/load-source.ts";

/** Which columns say into which partition a row goes. */
export interface PartitionRule {
  /** The table's partition keys in its order, each with the column that its values are read from. */
  readonly keys: readonly { readonly name: string; readonly column: string }[];
  /** What is read of each record: the table's columns, and behind them the keys that are none of these. */
  readonly readColumns: readonly ColumnSpec[];
  /** How many of these are the table's own. */
  readonly ownColumns: number;
  /** What values of keys have to look like. */
  readonly patterns: readonly TextPattern[];
}

/** A table, as far as its rows are dealt out. */
export interface PartitionedTable {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  readonly partitionKeys: readonly Pick<ColumnSpec, "name" | "type">[];
}

/**
 * Finds out where the values of each partition key come from.
 *
 * @param said `dt` for a key with a column of its own in the inputs, `dt=created` for one that takes the values of a column
 *   of the table; in any order and case
 * @throws CliError `invalid-setting`
 */
export function partitionRule(said: readonly string[], table: PartitionedTable): PartitionRule {
  const { columns, partitionKeys } = table;
  const asked = new Map(said.map((text) => readPart(text)));
  const names = partitionKeys.map(({ name }) => name).join(",");
  if (partitionKeys.length === 0) {
    throw new CliError("invalid-setting", `--partition-by: table ${table.name} has no partitions.`);
  }
  if (asked.size !== said.length || asked.size !== partitionKeys.length) {
    throw new CliError(
      "invalid-setting",
      `--partition-by: expected all partition keys of ${table.name} once, got ${said.join(",")}.`,
      { next: `Say --partition-by ${names}.` },
    );
  }
  const readColumns: ColumnSpec[] = [...columns];
  const keys = partitionKeys.map(({ name, type }) => {
    const from = asked.get(name.toLowerCase());
    if (from === undefined) {
      throw new CliError("invalid-setting", `--partition-by does not say where ${name} comes from.`, {
        next: `Say --partition-by ${names}.`,
      });
    }
    const own = columns.findIndex((column) => column.name.toLowerCase() === from.toLowerCase());
    if (own < 0 && from.toLowerCase() !== name.toLowerCase()) {
      throw new CliError("invalid-setting", `--partition-by: ${from} is no column of ${table.name}.`, {
        next: "For a field of another name say --map FIELD=KEY, for the same value in all rows --set KEY=VALUE.",
      });
    }
    const column: ColumnSpec = own < 0 ? { name, type } : columns[own]!;
    if (!routable.test(column.type)) {
      throw new CliError(
        "invalid-setting",
        `--partition-by: column ${column.name} is a ${column.type}, and partitions are told apart by text, whole numbers and dates only.`,
      );
    }
    // Without a value there is no partition to go to.
    const filled = { ...column, nullable: false };
    if (own < 0) readColumns.push(filled);
    else readColumns[own] = filled;
    return { name, column: column.name };
  });
  const patterns = readColumns
    .filter(({ name, type }) => text.test(type) && keys.some(({ column }) => column === name))
    .map(({ name: column }) => ({ column, pattern: partitionValue, expected: partitionValueText }));
  return { keys, readColumns, ownColumns: columns.length, patterns };
}

/** The names of the keys in `--partition-by`, for those who do not know the table yet. */
export function partitionKeyNames(said: readonly string[]): readonly string[] {
  return said.map((part) => readPart(part)[0]);
}

/** How inputs are read whose rows are dealt out: in small blocks that nobody sends. */
export function dealtSourceOptions(options: FileSourceOptions, rule: PartitionRule): FileSourceOptions {
  const { memoryBytes = defaultMemoryBytes, conversion, workers = 1 } = options;
  return {
    ...options,
    // Dealing out takes longer than reading: more threads would only take memory.
    workers: Math.min(workers, 2),
    blockBytes: 2 * 1024 * 1024,
    memoryBytes: Math.ceil(memoryBytes / 4),
    compression: "none",
    conversion: { ...conversion, patterns: rule.patterns },
  };
}

function readPart(part: string): readonly [key: string, column: string] {
  const [name = "", column = name, ...more] = part.split("=").map((piece) => piece.trim());
  if (name !== "" && column !== "" && more.length === 0) return [name.toLowerCase(), column];
  throw new CliError("invalid-setting", `--partition-by: expected names such as dt,region, got "${part}".`);
}

const text = /^(?:string|varchar|char)\b/i;
const routable = /^(?:string|varchar|char|tinyint|smallint|int|bigint|date)\b/i;

/** What travels as the value of a partition (protocol: MaxCompute Tunnel, partition specs), as a pattern. */
const partitionValue = "^(?=\\S)[^=,/'\"\\p{Cc}\\p{Cs}]+(?<=\\S)$";
const partitionValueText =
  "a value that a partition can have (not empty, without = , / quotes, control characters and blanks at its ends)";
