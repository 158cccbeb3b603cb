import { CodecError } from "../errors.ts";
import type { ColumnPlan } from "../record/type-plan.ts";
import type { ArrowFieldLike } from "./arrow-data.ts";
import { type ArrowSource, arrowSource, typeText } from "./arrow-source.ts";
import type { OpenValues } from "./buffers.ts";
import { type ColumnMatching, matchColumns } from "./column-match.ts";
import { columnReader } from "./column-reader.ts";

/** What a table's column is fed with. */
export interface ColumnFeed {
  /** Index of the batch's column. */
  readonly at: number;
  readonly source: ArrowSource;
  readonly open: OpenValues;
}

/**
 * By table column: what feeds it out of batches of a schema; undefined for columns that stay NULL.
 *
 * @throws CodecError `wrong-type` for an Arrow column that cannot stand for its column, `unknown-property`,
 *   `duplicate-property`, `too-many-values`
 */
export function columnFeeds(
  columns: readonly ColumnPlan[],
  fields: readonly ArrowFieldLike[],
  matching: ColumnMatching,
): readonly (ColumnFeed | undefined)[] {
  const names = columns.map((column) => column.name);
  return matchColumns(names, fields, matching).map((at, index) => {
    if (at < 0) return undefined;
    const { name, type } = columns[index]!;
    const arrowType = fields[at]!.type;
    const source = arrowSource(arrowType);
    const open = source && columnReader(source, type, matching.unknown);
    if (source !== undefined && open !== undefined) return { at, source, open };
    const expected = `an Arrow type that can stand for ${type.name}`;
    const value = typeText(arrowType);
    throw new CodecError("wrong-type", `column ${name}: Expected ${expected}, got ${value}`, {
      column: name,
      path: name,
      expected,
      value,
    });
  });
}
