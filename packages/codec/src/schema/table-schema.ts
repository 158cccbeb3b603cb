import { CodecError, type CodecErrorFacts, isCodecError } from "../errors.ts";
import type { ColumnType } from "./column-type.ts";
import { parseType } from "./parse-type.ts";

/** The part of a column that encoding and decoding need. A Tunnel schema response satisfies it as it stands. */
export interface ColumnSpec {
  readonly name: string;
  /** The type as the service writes it, for example `decimal(10,2)` or `array<struct<id:bigint>>`. */
  readonly type: string;
  /** Whether NULL is allowed. @default true */
  readonly nullable?: boolean;
}

/** A column with its type parsed. */
export interface ParsedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/**
 * Checks a schema literal and returns it unchanged, typed so that {@link RowOf} and {@link RowInputOf} know its rows.
 *
 * @throws CodecError `invalid-schema` or `invalid-type`, naming the column.
 */
export function defineSchema<const S extends readonly ColumnSpec[]>(columns: S): S {
  parseColumns(columns);
  return columns;
}

/**
 * Parses every column's type, and checks that names are there and differ (without regard to case).
 *
 * @throws CodecError `invalid-schema` or `invalid-type`, naming the column.
 */
export function parseColumns(columns: readonly ColumnSpec[]): readonly ParsedColumn[] {
  if (!Array.isArray(columns)) {
    throw new CodecError("invalid-schema", "Expected a list of columns");
  }
  const seen = new Set<string>();
  return (columns as readonly ColumnSpec[]).map((column, index) => {
    const name: unknown = (column as ColumnSpec | null | undefined)?.name;
    if (typeof name !== "string" || name === "") {
      throw new CodecError(
        "invalid-schema",
        `column ${index + 1}: Expected a name, got ${JSON.stringify(name)}`,
      );
    }
    const key = name.toLowerCase();
    if (seen.has(key)) {
      throw new CodecError(
        "invalid-schema",
        `column ${name}: Expected names that differ, got this one twice`,
        {
          column: name,
        },
      );
    }
    seen.add(key);
    return { name, type: parseColumnType(column), nullable: column.nullable ?? true };
  });
}

function parseColumnType(column: ColumnSpec): ColumnType {
  try {
    return parseType(column.type);
  } catch (cause) {
    if (!isCodecError(cause)) throw cause;
    throw new CodecError(cause.code, `column ${column.name}: ${cause.message}`, {
      ...(cause as CodecErrorFacts),
      column: column.name,
      cause,
    });
  }
}
