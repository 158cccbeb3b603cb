import type { TableName } from "@maxcompute-tunnel/session";

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
 * `/pt=1/region=cn` or `/pt=1,region=cn`, values quoted or not. Names with dots or slashes go in backquotes.
 *
 * @throws TableTunnelError `invalid-target` with the offset; SessionError `invalid-partition`
 */
export function parseTableTarget(text: string, defaults: TargetDefaults): TableTarget {
  void [text, defaults];
  throw new Error("not ready");
}

/** Writes a target back as text: `project.table/pt=1,region=cn`. */
export function formatTableTarget(target: TableTarget): string {
  void target;
  throw new Error("not ready");
}
