import { formatPartitionSpec, parsePartitionSpec, type TableName } from "@maxcompute-tunnel/session";
import { TableTunnelError } from "./errors.ts";

/** A table, and the partition of it where one is meant. */
export interface TableTarget extends TableName {
  /** Normalised, e.g. `pt=1,region=cn`. */
  readonly partition?: string;
}

/** What completes a target that names only a table. */
export interface TargetDefaults {
  readonly project: string;
  readonly schema?: string | undefined;
}

/**
 * Reads `table`, `project.table` or `project.schema.table`, each with or without a partition behind a slash:
 * `/pt=1/region=cn` or `/pt=1,region=cn`, values quoted or not. Unusual names go in backquotes.
 *
 * @throws TableTunnelError `invalid-target` with the offset; SessionError `invalid-partition`
 */
export function parseTableTarget(text: string, defaults: TargetDefaults): TableTarget {
  const { names, end } = readNames(text);
  const partition = readPartition(text, end);
  const [first, second, third] = names;
  if (first === undefined) throw invalid(text, 0, "Expected a table");
  if (third !== undefined && second !== undefined) {
    return { project: first, schema: second, table: third, ...partition };
  }
  if (second !== undefined) return { project: first, table: second, ...partition };
  const { project, schema } = defaults;
  return { project, ...(schema === undefined ? {} : { schema }), table: first, ...partition };
}

/** Writes a target as text that {@link parseTableTarget} reads: `project.table/pt=1,region=cn`. */
export function formatTableTarget({ project, schema, table, partition }: TableTarget): string {
  const names = schema === undefined ? [project, table] : [project, schema, table];
  const path = names
    .map((name) => (plainName.test(name) ? name : `\`${name.replaceAll("`", "``")}\``))
    .join(".");
  return partition === undefined ? path : `${path}/${partition}`;
}

const plainName = /^[^\s.`/=,'"]+$/u;

/** Names joined by dots, up to a slash or the end. */
function readNames(text: string): { readonly names: readonly string[]; readonly end: number } {
  const names: string[] = [];
  const token = /\s*(?:`((?:[^`]|``)+)`|([^\s.`/=,'"]+))\s*(\.|\/|$)/uy;
  for (;;) {
    const start = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw invalid(text, start, "Expected a name, then a dot, a slash or the end");
    names.push(match[1]?.replaceAll("``", "`") ?? match[2] ?? "");
    if (match[3] === ".") {
      if (names.length < 3) continue;
      throw invalid(text, token.lastIndex - 1, "Expected at most project.schema.table");
    }
    return { names, end: match[3] === "/" ? token.lastIndex : text.length };
  }
}

function readPartition(text: string, start: number): { readonly partition?: string } {
  const partition = text.slice(start).replace(/\/\s*$/u, "");
  if (partition !== "") return { partition: formatPartitionSpec(parsePartitionSpec(partition)) };
  if (start === text.length && !text.trimEnd().endsWith("/")) return {};
  throw invalid(text, start, "Expected a partition such as pt=1 after the slash");
}

function invalid(text: string, offset: number, expected: string): TableTunnelError {
  const shown = JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
  return new TableTunnelError(`${expected}, at offset ${offset} of ${shown}`, {
    code: "invalid-target",
    offset,
  });
}
