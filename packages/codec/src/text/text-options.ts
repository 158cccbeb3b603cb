import { CodecError } from "../errors.ts";
import type { EngineOptions, RecordLimits } from "../record/options.ts";
import type { TextConversion } from "./convert/conversion.ts";
import type { TextDialect } from "./dialect.ts";
import type { TextRowReject } from "./text-reject.ts";

/** Where a column's values come from: a field of the record, from 0, or one value for all rows. */
export type TextField = number | { readonly constant: unknown };

/** How a {@link TextPack} reads and encodes. */
export interface TextPackOptions extends RecordLimits, EngineOptions {
  readonly dialect?: TextDialect;
  readonly conversion?: TextConversion;
  /** For each column, where it comes from; `undefined` for NULL. @default the field at the column's place */
  readonly fields?: readonly (TextField | undefined)[];
  /**
   * How many fields a record must have: a number, `"exact"` for as many as the columns ask for, or `"any"`, where a
   * field that is not there is NULL.
   * @default "exact"
   */
  readonly fieldCount?: number | "exact" | "any";
  /** Told about each record that makes no row; the record is left out whole. @default it is thrown as a CodecError */
  readonly onReject?: (reject: TextRowReject) => void;
  /** Size of the chunks that the pack's bytes come in. @default 1048576 (1 MiB) */
  readonly chunkBytes?: number;
}

/** The fields of a record and the columns they go to. */
export interface FieldPlan {
  /** For each column: the index of its field, or -1 for a constant, -2 for NULL. */
  readonly sources: Int32Array;
  readonly constants: readonly unknown[];
  /** Fields of every record; -1 for any number. */
  readonly count: number;
  /** Whether records have one field, so that a blank line is one. */
  readonly hasOneField: boolean;
}

export const fromConstant = -1;
export const fromNowhere = -2;

/** @throws CodecError `invalid-option` */
export function planFields(columnCount: number, options: TextPackOptions): FieldPlan {
  const fields = options.fields ?? Array.from({ length: columnCount }, (_, index) => index);
  if (fields.length > columnCount) throw invalid("at most one field a column", String(fields.length));
  const sources = new Int32Array(columnCount).fill(fromNowhere);
  const constants: unknown[] = new Array(columnCount).fill(undefined);
  let needed = 0;
  fields.forEach((field, index) => {
    if (typeof field === "number") {
      if (!Number.isInteger(field) || field < 0 || field > 1_000_000) {
        throw invalid("fields to be counted from 0", String(field));
      }
      sources[index] = field;
      needed = Math.max(needed, field + 1);
    } else if (field !== undefined && field.constant !== null && field.constant !== undefined) {
      sources[index] = fromConstant;
      constants[index] = field.constant;
    }
  });
  const { fieldCount = "exact" } = options;
  if (
    typeof fieldCount === "number" &&
    !(Number.isInteger(fieldCount) && fieldCount >= needed && fieldCount > 0)
  ) {
    throw invalid(`fieldCount to be at least ${Math.max(needed, 1)}`, String(fieldCount));
  }
  const count = fieldCount === "any" ? -1 : fieldCount === "exact" ? Math.max(needed, 1) : fieldCount;
  return { sources, constants, count, hasOneField: count === 1 };
}

function invalid(expected: string, found: string): CodecError {
  return new CodecError("invalid-option", `Expected ${expected}, got ${found}`);
}
