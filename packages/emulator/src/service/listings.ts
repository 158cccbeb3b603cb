import {
  findPartition,
  findProject,
  formatPartition,
  type Schema,
  type State,
  type Table,
  type TableColumn,
} from "../storage/state.ts";
import { tableSize } from "./sizes.ts";

/** Text of `SHOW TABLES`: `owner:name` on each line. */
export function listTables(schema: Schema, like: string | undefined): string {
  return lines(
    [...schema.tables.values()]
      .filter(({ name }) => isLike(name, like))
      .map(({ owner, name }) => `${owner}:${name}`),
  );
}

/** Text of `SHOW SCHEMAS`: a name on each line. */
export function listSchemas(state: State, project: string, like: string | undefined): string {
  return lines(
    [...findProject(state, project).schemas.values()]
      .map(({ name }) => name)
      .filter((name) => isLike(name, like)),
  );
}

/** Text of `SHOW PARTITIONS`: levels joined by `/`, restricted to those with the values given. */
export function listPartitions(
  table: Table,
  wanted: readonly { readonly key: string; readonly value: string }[],
): string {
  const levels = wanted.map(({ key, value }) => {
    return { level: table.partitionKeys.findIndex(({ name }) => name === key.toLowerCase()), value };
  });
  return lines(
    [...table.partitions.values()]
      .filter(({ values }) => levels.every(({ level, value }) => values[level] === value))
      .map(({ values }) => formatPartition(table, values).replaceAll(",", "/")),
  );
}

/** Text of `DESC`. */
export function describeTable(
  table: Table,
  { extended, partition }: { readonly extended: boolean; readonly partition: readonly string[] | undefined },
): string {
  const { byteLength, recordCount, fileCount } = tableSize(
    partition === undefined ? [...table.partitions.values()] : [findPartition(table, partition)],
  );
  const facts = [
    `Owner: ${table.owner}`,
    `Project: ${table.project}`,
    ...(table.schema === "default" ? [] : [`Schema: ${table.schema}`]),
    `TableComment: ${table.comment}`,
    `CreateTime: ${timeText(table.createdAt)}`,
    `LastDDLTime: ${timeText(table.lastDdlAt)}`,
    `LastModifiedTime: ${timeText(table.lastModifiedAt)}`,
    "InternalTable: YES",
    `Size: ${byteLength}`,
    ...(partition === undefined ? [] : [`Partition: ${formatPartition(table, partition)}`]),
    ...(extended
      ? [
          `RecordNum: ${recordCount}`,
          `FileNum: ${fileCount}`,
          `TableID: ${table.id}`,
          `Lifecycle: ${table.lifecycleDays ?? -1}`,
          `PrimaryKey: ${table.primaryKey.join(",")}`,
        ]
      : []),
  ];
  const columns = [...table.columns.map(columnLine), ...table.partitionKeys.map(columnLine)];
  return lines([...facts, "Columns:", ...columns]);
}

/** Text of `SHOW CREATE TABLE`: a statement that makes the same table. */
export function showCreateTable(table: Table): string {
  const columns = table.columns.map(definition);
  if (table.primaryKey.length > 0) {
    columns.push(`PRIMARY KEY (${table.primaryKey.map(quoted).join(", ")})`);
  }
  const properties = Object.entries(table.properties).map(
    ([key, value]) => `${literal(key)}=${literal(value)}`,
  );
  const name =
    table.schema === "default" ? [table.project, table.name] : [table.project, table.schema, table.name];
  return [
    `CREATE TABLE IF NOT EXISTS ${name.map(quoted).join(".")} (\n  ${columns.join(",\n  ")}\n)`,
    ...(table.comment === "" ? [] : [`COMMENT ${literal(table.comment)}`]),
    ...(table.partitionKeys.length === 0
      ? []
      : [`PARTITIONED BY (${table.partitionKeys.map(definition).join(", ")})`]),
    ...(properties.length === 0 ? [] : [`TBLPROPERTIES (${properties.join(", ")})`]),
    ...(table.lifecycleDays === undefined ? [] : [`LIFECYCLE ${table.lifecycleDays}`]),
  ]
    .join("\n")
    .concat(";\n");
}

function definition(column: TableColumn): string {
  return [
    `${quoted(column.name)} ${column.type.toUpperCase()}`,
    ...(column.nullable ? [] : ["NOT NULL"]),
    ...(column.defaultValue === undefined ? [] : [`DEFAULT ${column.defaultValue}`]),
    ...(column.comment === "" ? [] : [`COMMENT ${literal(column.comment)}`]),
  ].join(" ");
}

function columnLine({ name, type, nullable, comment }: TableColumn): string {
  return `  ${name} ${type}${nullable ? "" : " not null"}${comment === "" ? "" : ` -- ${comment}`}`;
}

/** `*` and `%` stand for any text, `_` for nothing special; names compare without case. */
function isLike(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined) {
    return true;
  }
  const parts = pattern.toLowerCase().split(/[*%]/);
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) {
    return name === first;
  }
  if (!name.startsWith(first)) {
    return false;
  }
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0) {
      return false;
    }
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}
