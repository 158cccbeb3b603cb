import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { compileColumns, type TextConversion, type TextField } from "@maxcompute-tunnel/codec/text";
import { FilesError } from "../errors.ts";
import type { FileMapping } from "../options.ts";
import { columnOf, explain, readHeader } from "./header.ts";

/** Which field of a record goes to which column: plain data. */
export interface FieldMapping {
  /** For each column, where its values come from; `undefined` for NULL. */
  readonly fields: readonly (TextField | undefined)[];
  /** Fields that every record has to have. */
  readonly fieldCount: number | "any";
  readonly hasHeader: boolean;
}

/** The first record of a file, and where it stands. */
export interface FirstRecord {
  readonly file: string;
  readonly fields: readonly string[];
  readonly offsets: readonly number[];
}

/**
 * Finds out which field goes to which column: by the header's names, by the names that were said, or by position.
 * Columns with a constant take no field.
 *
 * @throws FilesError `unclear-header`, `unknown-column`, `null-not-allowed`
 */
export function mapFields(
  columns: readonly ColumnSpec[],
  mapping: FileMapping,
  conversion: TextConversion,
  first: FirstRecord | undefined,
): FieldMapping {
  const names = columns.map(({ name }) => name);
  const said = {
    columns: names,
    partitionColumns: mapping.partitionColumns ?? [],
    map: mapping.map ?? {},
    unknownFields: mapping.unknownFields ?? "refuse",
  };
  const constants = constantsOf(columns, mapping, conversion);
  const file = first?.file ?? "";
  let targets: readonly number[];
  let hasHeader = false;
  if (mapping.columns !== undefined) {
    hasHeader = first !== undefined && saysNames(first.fields, mapping.columns, mapping.header ?? "auto");
    targets = namedTargets(mapping.columns, said);
  } else {
    const verdict =
      first === undefined ? undefined : readHeader(first.fields, said, mapping.header ?? "auto");
    if (verdict?.kind === "refused") {
      const byteOffset = first!.offsets[verdict.field];
      throw new FilesError(verdict.reason, `${file}:1: ${verdict.message}`, {
        position: { file, line: 1, byteOffset },
      });
    }
    hasHeader = verdict?.kind === "header";
    const byPosition = names.map((_, index) => index).filter((index) => !constants.has(index));
    targets = verdict?.kind === "header" ? verdict.columns : byPosition;
  }
  const fields = columns.map((column, index): TextField | undefined => {
    const constant = constants.get(index);
    if (constant !== undefined) return constant;
    const field = targets.indexOf(index);
    if (field >= 0) return field;
    if (column.nullable === false && first !== undefined) throw leftOut(file, column.name);
    return undefined;
  });
  return {
    fields,
    fieldCount: mapping.fieldCount === "any" ? "any" : Math.max(1, targets.length),
    hasHeader,
  };
}

/** The constants by the column's index. @throws FilesError `unknown-column`, `invalid-option` */
export function constantsOf(
  columns: readonly ColumnSpec[],
  mapping: FileMapping,
  conversion: TextConversion,
): ReadonlyMap<number, { readonly constant: unknown }> {
  const given = Object.entries(mapping.constants ?? {});
  if (given.length === 0) return new Map();
  const names = columns.map(({ name }) => name);
  const converters = compileColumns(columns, conversion);
  return new Map(
    given.map(([name, value]) => {
      const index = columnOf(name, { columns: names, map: {} });
      if (index < 0) {
        const help = explain(name, { columns: names, partitionColumns: mapping.partitionColumns ?? [] });
        const said = `A constant is given for ${JSON.stringify(name)}, which is no column of the table${help}`;
        throw new FilesError("unknown-column", said, { column: name });
      }
      if (typeof value !== "string") return [index, { constant: value }];
      const text = new TextEncoder().encode(value);
      try {
        return [index, { constant: converters[index]!.fromField(text, 0, text.byteLength) }];
      } catch (cause) {
        const said = `The constant of column ${names[index]}: expected ${(cause as Error).message}, got ${JSON.stringify(value)}`;
        throw new FilesError("invalid-option", said, { column: name, cause });
      }
    }),
  );
}

function namedTargets(said: readonly string[], names: Parameters<typeof readHeader>[1]): readonly number[] {
  return said.map((name, index) => {
    if (name === "") return -1;
    const column = columnOf(name, names);
    if (column < 0 && names.unknownFields === "refuse") {
      throw new FilesError(
        "unknown-column",
        `The columns name ${JSON.stringify(name)}, which is no column of the table${explain(name, names)}`,
        { column: name },
      );
    }
    if (
      said.findIndex((other) => other !== "" && columnOf(other, names) === column) !== index &&
      column >= 0
    ) {
      throw new FilesError("unknown-column", `The columns name ${names.columns[column]} twice.`, {
        column: name,
      });
    }
    return column;
  });
}

function saysNames(
  fields: readonly string[],
  said: readonly string[],
  header: FileMapping["header"],
): boolean {
  if (header !== "auto") return header === "present";
  const lower = (name: string): string => name.trim().toLowerCase();
  return fields.length === said.length && fields.every((field, at) => lower(field) === lower(said[at]!));
}

function leftOut(file: string, column: string): FilesError {
  return new FilesError(
    "null-not-allowed",
    `${file}: nothing fills column ${column}, which must not be NULL.`,
    { position: { file, line: 1 }, column },
  );
}
