import { isCodecError } from "@maxcompute-tunnel/codec";
import { readRecord, type TextDialect } from "@maxcompute-tunnel/codec/text";
import type { FileSample } from "@maxcompute-tunnel/files";
import { CliError } from "../errors.ts";
import { type SeenType, typeOfJson, typeOfText, widest } from "./infer-type.ts";

/** A column as a sample suggests it. */
export interface InferredColumn {
  /** A name that a table can have. */
  readonly name: string;
  /** The field's name in the inputs, where they name fields. */
  readonly field: string | undefined;
  readonly type: string;
}

/** What a sample suggests. */
export interface InferredSchema {
  readonly columns: readonly InferredColumn[];
  readonly hasHeader: boolean;
  /** Records that were looked at. */
  readonly records: number;
  /** Whether these are all there are. */
  readonly isWhole: boolean;
  /** What is worth knowing about fields of files that have a schema of their own. */
  readonly notes: readonly { readonly field: string; readonly note: string }[];
}

/** How the text is to be read, as flags say it. */
export interface SampleReading {
  readonly dialect: TextDialect;
  readonly header: "auto" | "present" | "absent";
  readonly columns: readonly string[] | undefined;
}

/**
 * Suggests columns for the beginnings of inputs. Types are those that hold all that was seen: whole numbers are `bigint`,
 * numbers with a point `double` where that holds all their digits, and what fits nothing is `string`.
 *
 * Files with a schema of their own (Parquet, Arrow, Avro) say theirs.
 *
 * @throws CliError `malformed-csv`, `malformed-json`; `invalid-setting` where files' own schemas contradict each other
 */
export function inferSchema(samples: readonly FileSample[], reading: SampleReading): InferredSchema {
  const seen = new SeenColumns();
  const own = new OwnColumns();
  const notes: InferredSchema["notes"][number][] = [];
  let hasHeader = false;
  let records = 0;
  for (const sample of samples) {
    if (sample.format === "jsonl") records += seeJsonLines(sample, seen);
    else if (sample.columns !== undefined) notes.push(...own.see(sample.file, sample.columns));
    else {
      const found = seeDelimited(sample, reading, seen);
      records += found.records;
      hasHeader = found.hasHeader;
    }
  }
  const all = new Map<string | number, string>([...seen.all(), ...own.types]);
  const used = new Set<string>();
  const columns = [...all].map(([field, type], index) => {
    const isNamed = typeof field === "string";
    const name = columnName(isNamed ? field : `c${index + 1}`, used);
    return { name, field: isNamed ? field : undefined, type: type === "nothing" ? "string" : type };
  });
  return { columns, hasHeader, records, isWhole: samples.every(({ isWhole }) => isWhole), notes };
}

/** `create table if not exists …` with these columns, and the partition's as text. */
export function createTableSql(
  table: string,
  columns: readonly Pick<InferredColumn, "name" | "type">[],
  partitionColumns: readonly string[] = [],
): string {
  const list = (names: readonly string[]): string => names.map((line) => `  ${line}`).join(",\n");
  const own = list(columns.map(({ name, type }) => `\`${name}\` ${type}`));
  const partitioned =
    partitionColumns.length === 0
      ? ""
      : `\npartitioned by (\n${list(partitionColumns.map((name) => `\`${name}\` string`))}\n)`;
  return `create table if not exists ${table} (\n${own}\n)${partitioned};`;
}

/** Types by field, as files say them that have a schema. */
class OwnColumns {
  readonly types = new Map<string, string>();
  readonly #files = new Map<string, string>();

  /** @throws CliError `invalid-setting` */
  see(
    file: string,
    columns: readonly {
      readonly field: string;
      readonly type: string | undefined;
      readonly note: string | undefined;
    }[],
  ): InferredSchema["notes"] {
    const notes: InferredSchema["notes"][number][] = [];
    for (const { field, type, note } of columns) {
      if (note !== undefined && this.types.get(field) === undefined) notes.push({ field, note });
      if (type === undefined) continue;
      const known = this.types.get(field) ?? type;
      if (known !== type) {
        throw new CliError(
          "invalid-setting",
          `Field ${JSON.stringify(field)} is ${known} in ${this.#files.get(field)} and ${type} in ${file}.`,
          { next: "Say which column it goes to, with --table-schema 'id bigint, …'." },
        );
      }
      this.types.set(field, type);
      this.#files.set(field, file);
    }
    return notes;
  }
}

/** Types by field: by its name, or where there are no names by its number. */
class SeenColumns {
  readonly #types = new Map<string | number, SeenType>();

  see(field: string | number, type: SeenType): void {
    this.#types.set(field, widest(this.#types.get(field) ?? "nothing", type));
  }

  all(): readonly (readonly [field: string | number, type: SeenType])[] {
    return [...this.#types];
  }
}

function seeDelimited(
  { file, format, text, isWhole }: FileSample,
  { dialect: said, header, columns }: SampleReading,
  seen: SeenColumns,
): { readonly hasHeader: boolean; readonly records: number } {
  const dialect: TextDialect = format === "tsv" ? { delimiter: "\t", ...said } : said;
  const nulls = new Set(dialect.nullMarkers ?? [""]);
  let names = columns;
  let hasHeader = false;
  let records = 0;
  let start = 0;
  try {
    for (let number = 0; start < text.byteLength; number += 1) {
      const record = readRecord(text, dialect, { start, final: isWhole });
      if (record === undefined) break;
      const { fields, quoted, next } = record;
      start = next;
      if (number === 0 && looksLikeHeader(fields, header, columns)) {
        hasHeader = true;
        names ??= fields.map((field) => field.trim());
        for (const name of names) if (name !== "") seen.see(name, "nothing");
        continue;
      }
      if (fields.length === 1 && fields[0] === "" && names?.length !== 1) continue;
      records += 1;
      for (const [index, field] of fields.entries()) {
        const name = names?.[index] ?? (names === undefined ? index : "");
        if (name === "") continue;
        const isNull = !quoted[index] && nulls.has(field);
        seen.see(name, isNull ? "nothing" : typeOfText(field));
      }
    }
  } catch (cause) {
    if (!isCodecError(cause)) throw cause;
    throw new CliError("malformed-csv", `${file}: ${cause.message}.`, { cause, position: { file } });
  }
  return { hasHeader, records };
}

/** A first record is a header when all its fields could be names, and none is a number or a time. */
function looksLikeHeader(
  fields: readonly string[],
  header: SampleReading["header"],
  columns: readonly string[] | undefined,
): boolean {
  if (header !== "auto") return header === "present";
  if (columns !== undefined) return fields.every((field, index) => field.trim() === columns[index]);
  const isDistinct = new Set(fields.map((field) => field.trim().toLowerCase())).size === fields.length;
  return (
    isDistinct &&
    fields.every((field) => /^\s*[\p{L}_][\p{L}\p{N}_ .-]*$/u.test(field) && typeOfText(field) === "string")
  );
}

function seeJsonLines({ file, text, isWhole }: FileSample, seen: SeenColumns): number {
  const lines = new TextDecoder().decode(text).split("\n");
  if (!isWhole) lines.pop();
  let records = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const sources = new Map<string, string>();
    let value: unknown;
    try {
      value = JSON.parse(line, function noteSource(
        this: unknown,
        key: string,
        member: unknown,
        context?: { source?: string },
      ) {
        if (typeof member === "number" && context?.source !== undefined) sources.set(key, context.source);
        return member;
      } as Parameters<typeof JSON.parse>[1]);
    } catch (cause) {
      throw new CliError("malformed-json", `${file}:${index + 1}: expected one JSON object a line.`, {
        cause,
        position: { file, line: index + 1 },
      });
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new CliError("malformed-json", `${file}:${index + 1}: expected one JSON object a line.`, {
        position: { file, line: index + 1 },
      });
    }
    records += 1;
    for (const [name, member] of Object.entries(value)) seen.see(name, typeOfJson(member, sources.get(name)));
  }
  return records;
}

/** A name that a column can have, and no other column has. */
function columnName(field: string, used: Set<string>): string {
  const plain = field
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const base = (/^[a-z]/.test(plain) ? plain : `c_${plain}`).slice(0, 120);
  let name = base;
  for (let count = 2; used.has(name); count += 1) name = `${base}_${count}`;
  used.add(name);
  return name;
}
