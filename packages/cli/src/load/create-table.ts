import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { runSql, tableExists } from "@maxcompute-tunnel/service";
import type { TableTarget } from "maxcompute-tunnel";
import type { CommandRun } from "../commands/cli-context.ts";
import type { OpenTable } from "../commands/open-table.ts";
import { CliError } from "../errors.ts";
import { inferInputs, renamedFields } from "../infer/infer-inputs.ts";
import { createTableSql } from "../infer/infer-schema.ts";
import { partitionKeyNames } from "../partitions/partition-rule.ts";
import type { LoadRequest } from "./load-request.ts";
import { given, partitionColumns } from "./reading.ts";
import { serviceOf } from "./service-table.ts";
import type { UploadFlags } from "./upload-flags.ts";

/**
 * Creates the table that a load goes into, where it is asked for and the table is not there: with the columns that were
 * said, or with those that the beginnings of the inputs suggest. A load that goes on has its table.
 */
export async function createTable(
  run: CommandRun,
  table: OpenTable,
  { inputs, flags, resumption }: LoadRequest,
): Promise<void> {
  if (flags.createTable !== true || resumption !== undefined) return;
  const names = inputs.map((input) => (typeof input === "string" ? input : input.path));
  const sql = await createMissing(run, table, names, flags);
  if (sql !== undefined && flags.quiet !== true) run.io.stderr.write(`created: ${sql}\n`);
}

/** @returns the statement that was run, or nothing where the table was there */
async function createMissing(
  { io, stop }: CommandRun,
  table: OpenTable,
  inputs: readonly string[],
  flags: UploadFlags,
): Promise<string | undefined> {
  const { target } = table;
  const { project, schema, table: name, partition } = target;
  const service = serviceOf(table);
  const { signal } = stop;
  if (await tableExists(service, { project, table: name, ...given({ schema }) }, { signal }))
    return undefined;
  const full = sqlName(target);
  const keys =
    flags.partitionBy !== undefined
      ? partitionKeyNames(flags.partitionBy)
      : partition === undefined
        ? []
        : partitionColumns(partition);
  const sql =
    flags.tableSchema === undefined
      ? await inferredSql(inputs, flags, io.cwd, full, keys)
      : `create table if not exists ${full} (${await saidColumns(flags.tableSchema, io.cwd)})${
          keys.length === 0 ? "" : ` partitioned by (${keys.map((key) => `\`${key}\` string`).join(", ")})`
        };`;
  await runSql(service, sql, { signal });
  return sql;
}

async function inferredSql(
  inputs: readonly string[],
  flags: UploadFlags,
  cwd: string,
  table: string,
  keys: readonly string[],
): Promise<string> {
  if (inputs.includes("-")) {
    throw new CliError(
      "invalid-setting",
      "What is read from standard input cannot be looked at beforehand.",
      {
        next: "Say the columns with --table-schema 'id bigint, name string'.",
      },
    );
  }
  const found = await inferInputs(inputs, flags, cwd);
  const mapped = new Map((flags.map ?? []).map(([field, column]) => [field.trim().toLowerCase(), column]));
  const columns = found.columns.map((column) => ({
    ...column,
    name: mapped.get(column.field?.trim().toLowerCase() ?? "") ?? column.name,
  }));
  const [renamed] = renamedFields({ ...found, columns }).filter(
    ([field]) => !mapped.has(field.trim().toLowerCase()),
  );
  if (renamed !== undefined) {
    throw new CliError("invalid-setting", `No column can be called ${JSON.stringify(renamed[0])}.`, {
      next: `Say what it is to be called, as in --map '${renamed[0]}=${renamed[1]}'.`,
    });
  }
  const constants = (flags.set ?? [])
    .map(([name]) => ({ name, type: "string" }))
    .filter(({ name }) => columns.every((column) => column.name !== name));
  const own = [...columns, ...constants].filter(({ name }) => !keys.includes(name));
  if (own.length === 0)
    throw new CliError("invalid-setting", "The inputs show no columns to create a table with.");
  return createTableSql(table, own, keys);
}

/** The columns as they were said, or as a file says them. */
async function saidColumns(said: string, cwd: string): Promise<string> {
  if (!said.startsWith("@")) return said;
  const path = said.slice(1);
  try {
    return (await readFile(resolve(cwd, path), "utf8")).trim();
  } catch (cause) {
    throw new CliError("file-not-found", `${path}: it cannot be read.`, { cause, position: { file: path } });
  }
}

function sqlName({ project, schema, table }: TableTarget): string {
  return [project, schema, table]
    .filter((part) => part !== undefined)
    .map((part) => `\`${part}\``)
    .join(".");
}
