import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { type ArrowFieldLike, ArrowPack, isCodecError } from "@maxcompute-tunnel/codec/arrow";
import type { TextConversion, TextPattern } from "@maxcompute-tunnel/codec/text";
import { FilesError } from "../../errors.ts";
import { constantsOf } from "../../mapping/field-mapping.ts";
import { columnOf, explain } from "../../mapping/header.ts";
import type { FileMapping } from "../../options.ts";

/** Which field of an input goes to which column: plain data. */
export interface ColumnMapping {
  readonly fed: readonly { readonly field: number; readonly column: string }[];
  /** Columns that have one value in every row. */
  readonly constants: readonly { readonly column: ColumnSpec; readonly value: unknown }[];
  /** What the texts of columns have to look like. */
  readonly patterns: readonly TextPattern[];
}

/**
 * Finds out by their names which fields of an input go to which columns.
 *
 * @throws FilesError `unknown-column`, `null-not-allowed`
 */
export function mapColumns(
  file: string,
  fields: readonly { readonly name: string }[],
  columns: readonly ColumnSpec[],
  mapping: FileMapping,
  conversion: TextConversion,
): ColumnMapping {
  const names = columns.map(({ name }) => name);
  const { map = {}, partitionColumns = [], unknownFields = "refuse" } = mapping;
  const constants = constantsOf(columns, mapping, conversion);
  const refuse = (code: "unknown-column" | "null-not-allowed", said: string, column: string): FilesError =>
    new FilesError(code, `${file}: ${said}`, { position: { file }, column });
  const said = mapping.columns;
  if (said !== undefined && said.length !== fields.length) {
    const counts = `${said.length} columns are named, and the file has ${fields.length}.`;
    throw refuse("unknown-column", counts, said[fields.length] ?? "");
  }
  const fed: { field: number; column: string }[] = [];
  for (const [field, own] of fields.entries()) {
    const name = said?.[field] ?? own.name;
    if (name === "" && said !== undefined) continue;
    const index = columnOf(name, { columns: names, map });
    if (index < 0) {
      if (unknownFields === "ignore") continue;
      const text = `the file has a column ${JSON.stringify(name)}, which is no column of the table`;
      throw refuse("unknown-column", `${text}${explain(name, { columns: names, partitionColumns })}`, name);
    }
    if (constants.has(index)) continue;
    const column = names[index]!;
    if (fed.some((other) => other.column === column)) {
      throw refuse("unknown-column", `two columns of the file are column ${column} of the table.`, column);
    }
    fed.push({ field, column });
  }
  for (const [index, { name, nullable }] of columns.entries()) {
    if (nullable !== false || constants.has(index) || fed.some(({ column }) => column === name)) continue;
    throw refuse("null-not-allowed", `nothing fills column ${name}, which must not be NULL.`, name);
  }
  return {
    fed,
    constants: [...constants].map(([index, { constant }]) => ({
      column: columns[index]!,
      value: constant,
    })),
    patterns: conversion.patterns ?? [],
  };
}

/**
 * Sees to it that every field that goes to a column is of a type that can.
 *
 * @throws FilesError `wrong-type`
 */
export function checkTypes(
  file: string,
  fields: readonly ArrowFieldLike[],
  columns: readonly ColumnSpec[],
  { fed }: ColumnMapping,
): void {
  const renamed = fed.map(({ field, column }) => ({ name: column, type: fields[field]!.type }));
  const none = { type: { typeId: 1 }, length: 0, offset: 0, nullCount: 0, children: [] };
  try {
    new ArrowPack(columns).append({
      numRows: 0,
      schema: { fields: renamed },
      data: { children: renamed.map(() => none) },
    });
  } catch (cause) {
    if (!isCodecError(cause)) throw cause;
    throw schemaFault(file, cause);
  }
}

/** What is wrong with an input as a whole. */
export function schemaFault(
  file: string,
  cause: { readonly message: string; readonly code: string; readonly column?: string | undefined },
): FilesError {
  const code = cause.code === "wrong-type" ? "wrong-type" : "malformed";
  const position = { file };
  return new FilesError(code, `${file}: ${cause.message}`, { position, column: cause.column, cause });
}
