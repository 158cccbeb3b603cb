import type { Query } from "../sql/query/query.ts";

/** The columns that a query may read, in whatever table: all, or those with these names in lower case. */
export type NeededColumns = "all" | ReadonlySet<string>;

/**
 * The columns that a query may read: every name that stands where a column can, and all where there is a `*`.
 *
 * Too many do no harm, too few would be missing.
 */
export function neededColumns(query: Query): NeededColumns {
  const names = new Set<string>();
  return visit(query, names) ? "all" : names;
}

/** Walks any part of a query; true where it needs all columns. */
function visit(node: unknown, names: Set<string>): boolean {
  if (Array.isArray(node)) {
    return node.map((part) => visit(part, names)).includes(true);
  }
  if (typeof node !== "object" || node === null) {
    return false;
  }
  if ("kind" in node) {
    if (node.kind === "star" || node.kind === "NATURAL") {
      return true;
    }
    if (node.kind === "column" && "parts" in node) {
      addAll(node.parts, names);
      return false;
    }
  }
  if ("using" in node) {
    addAll(node.using, names);
  }
  return Object.values(node)
    .map((part) => visit(part, names))
    .includes(true);
}

function addAll(parts: unknown, names: Set<string>): void {
  for (const part of Array.isArray(parts) ? parts : []) {
    names.add(String(part).toLowerCase());
  }
}
