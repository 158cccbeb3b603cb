import type { OldWorld } from "./translation.ts";

/**
 * Writes a table of the old command as ours: `proj.tbl/ds='2113',pt='x'` loses its quotes, and where schemas are on,
 * `a.b` is completed to project, schema and table.
 */
export function translateTable(table: string, { project, threeLevels }: OldWorld): string {
  const slash = table.indexOf("/");
  const path = slash < 0 ? table : table.slice(0, slash);
  const partition = slash < 0 ? "" : `/${translatePartition(table.slice(slash + 1))}`;
  const names = path.split(".").length;
  const completed =
    threeLevels === true && names === 2 && project !== undefined ? `${project}.${path}` : path;
  return `${completed}${partition}`;
}

/** `ds='21 13', pt="x"` as `ds=21 13,pt=x`. */
export function translatePartition(partition: string): string {
  return partition.replace(/\s*([^\s=,/'"]+)\s*=\s*(?:'([^']*)'|"([^"]*)")\s*/g, "$1=$2$3");
}
