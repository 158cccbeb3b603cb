import { createHash } from "node:crypto";
import { type ColumnType, parseType } from "@maxcompute-tunnel/codec";
import type { OutputColumn } from "../sql/query/scope.ts";
import type { Segment, Table, TableColumn } from "../storage/state.ts";
import type { NeededColumns } from "./needed-columns.ts";
import { mayMeet, type PartitionTest } from "./needed-partitions.ts";

/** A part of a table as it is loaded for queries: some of its columns, some of its partitions. */
export interface Relation {
  /** Its name in the database, made from everything that tells it apart: the same name is the same rows. */
  readonly name: string;
  /** The columns that stored rows have. */
  readonly stored: readonly TableColumn[];
  /** The columns that are loaded. */
  readonly columns: readonly LoadedColumn[];
  readonly partitions: readonly {
    readonly values: readonly string[];
    readonly segments: readonly Segment[];
  }[];
  /** Size of the files, as far as they are for these columns. */
  readonly byteLength: number;
}

/** A column of a relation, and where its values come from. */
export interface LoadedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly source:
    | { readonly kind: "column"; readonly index: number }
    | { readonly kind: "partition"; readonly level: number };
}

/** The columns of a table as queries see them: data, then partition columns. */
export function columnsInQueries({ columns, partitionKeys }: Table): readonly OutputColumn[] {
  return [...columns, ...partitionKeys].map(({ name, type }) => ({ name, type: parseType(type) }));
}

/** What a query needs of a table that it names. */
export function planRelation(table: Table, needed: NeededColumns, tests: readonly PartitionTest[]): Relation {
  const isNeeded = ({ name }: { readonly name: string }): boolean =>
    needed === "all" || needed.has(name.toLowerCase());
  const columns: LoadedColumn[] = [];
  for (const [index, column] of table.columns.entries()) {
    if (isNeeded(column)) {
      columns.push({ name: column.name, type: parseType(column.type), source: { kind: "column", index } });
    }
  }
  const storedCount = columns.length;
  for (const [level, key] of table.partitionKeys.entries()) {
    if (isNeeded(key)) {
      columns.push({ name: key.name, type: parseType(key.type), source: { kind: "partition", level } });
    }
  }
  const keyTests = table.partitionKeys.map(({ name }) => tests.filter(({ key }) => key === name));
  const partitions = [...table.partitions.values()]
    .filter(({ values }) =>
      values.every((value, level) =>
        (keyTests[level] ?? []).every((test) => mayMeet(value, table.partitionKeys[level]?.type ?? "", test)),
      ),
    )
    .map(({ values, segments }) => ({ values, segments }));
  const bytes = partitions.reduce(
    (sum, { segments }) => sum + segments.reduce((total, { recordBytes }) => total + recordBytes, 0),
    0,
  );
  return {
    name: nameOf(columns, partitions),
    stored: table.columns,
    columns,
    partitions,
    byteLength: Math.ceil((bytes * storedCount) / Math.max(table.columns.length, 1)),
  };
}

/** Files never change, so their names and the columns say all. */
function nameOf(columns: Relation["columns"], partitions: Relation["partitions"]): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(columns));
  for (const { values, segments } of partitions) {
    hash.update(JSON.stringify([values, segments.map(({ file }) => file)]));
  }
  return `r_${hash.digest("hex").slice(0, 40)}`;
}
