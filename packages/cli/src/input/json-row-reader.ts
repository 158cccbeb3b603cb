import type { ColumnConverter } from "@maxcompute-tunnel/codec/text";
import { JsonCursor, JsonFault } from "@maxcompute-tunnel/codec/text";
import { CliError, type CliErrorCode, type FilePosition } from "../errors.ts";
import { quoteSource, refuseValue } from "./bad-value.ts";
import { formatPosition } from "./file-position.ts";
import { LineSplitter, LineTooLong } from "./line-splitter.ts";
import { nearestName } from "./nearest-name.ts";
import type { RowReader } from "./row-reader.ts";

/** What reading JSON lines needs to know. */
export interface JsonRowReaderOptions {
  readonly file: string;
  readonly columns: readonly ColumnConverter[];
  readonly partitionColumns: readonly string[];
  /** @default 200 MiB, the most the service takes in one record */
  readonly maxLineBytes?: number;
}

/** Reads JSON lines: one object a line, its members named like columns, in any case and order. */
export class JsonRowReader implements RowReader {
  rowCount = 0;
  blankLines = 0;
  readonly row: unknown[];

  readonly #options: JsonRowReaderOptions;
  readonly #lines: LineSplitter;
  readonly #indexes: Map<string, number> = new Map();
  /** Where each column's value stands in the line's text; -1 for one that is missing. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #text = "";

  constructor(options: JsonRowReaderOptions) {
    this.#options = options;
    this.#lines = new LineSplitter(options.maxLineBytes);
    const { columns } = options;
    columns.forEach((column, index) => void this.#indexes.set(column.name.toLowerCase(), index));
    columns.forEach((column, index) => void this.#indexes.set(column.name, index));
    this.row = new Array(columns.length).fill(null);
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
  }

  get lines(): number {
    return this.#lines.line + 1;
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  skip(bytes: number): void {
    this.#lines.skip(bytes);
  }

  end(): void {
    this.#lines.end();
  }

  next(): boolean {
    while (this.#nextLine()) {
      const { bytes, start, stop } = this.#lines;
      this.#text = bytes.toString("utf8", start, stop);
      if (blankLine.test(this.#text)) {
        this.blankLines += 1;
        continue;
      }
      this.#readRow(new JsonCursor(this.#text));
      this.rowCount += 1;
      return true;
    }
    return false;
  }

  place(column?: string): FilePosition {
    const index = column === undefined ? -1 : (this.#indexes.get(column) ?? -1);
    const at = index < 0 ? -1 : this.#starts[index]!;
    return at < 0
      ? { file: this.#options.file, line: this.#lines.line, byteOffset: this.#lines.byteOffset }
      : this.#placeAt(at);
  }

  shown(column: string): string | undefined {
    const index = this.#indexes.get(column);
    if (index === undefined || this.#starts[index]! < 0) return undefined;
    return quoteSource(this.#text.slice(this.#starts[index], this.#ends[index]));
  }

  #nextLine(): boolean {
    try {
      return this.#lines.next();
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      const position = {
        file: this.#options.file,
        line: this.#lines.line,
        byteOffset: this.#lines.byteOffset,
      };
      throw new CliError(
        "record-too-large",
        `${formatPosition(position)}: the line is longer than the 200 MiB that the service takes in one row.`,
        { position, cause: error },
      );
    }
  }

  #readRow(cursor: JsonCursor): void {
    const { columns } = this.#options;
    this.row.fill(null);
    this.#starts.fill(-1);
    try {
      if (cursor.peek() !== "object") this.#refuseShape(cursor);
      cursor.readObject((key, keyAt) => this.#readMember(cursor, key, keyAt));
      cursor.readEnd();
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      throw this.#malformed(error);
    }
    for (let index = 0; index < columns.length; index += 1) {
      if (this.row[index] === null && !columns[index]!.nullable) this.#refuseNull(columns[index]!);
    }
  }

  #readMember(cursor: JsonCursor, key: string, keyAt: number): void {
    const index = this.#indexes.get(key) ?? this.#indexes.get(key.toLowerCase());
    if (index === undefined) this.#refuseKey(key, keyAt);
    if (this.#starts[index]! >= 0) {
      throw this.#fail("malformed-json", keyAt, `the object has ${JSON.stringify(key)} twice.`);
    }
    const column = this.#options.columns[index]!;
    cursor.skipBlanks();
    const start = cursor.at;
    this.#starts[index] = start;
    try {
      this.row[index] = column.fromJson(cursor);
      this.#ends[index] = cursor.at;
    } catch (error) {
      if (error instanceof JsonFault) throw error;
      const at = (error as { readonly at?: number }).at ?? start;
      throw refuseValue(error, column, this.#placeAt(at), quoteSource(this.#sourceAt(at)));
    }
  }

  /** The text of the value at a position, for a message; what follows it may be broken. */
  #sourceAt(at: number): string {
    const cursor = new JsonCursor(this.#text);
    cursor.at = at;
    try {
      return cursor.readSource();
    } catch {
      return this.#text.slice(at, at + 60);
    }
  }

  #refuseShape(cursor: JsonCursor): never {
    const hint = cursor.peek() === "array" ? "; a JSON array is not read, write one object a line" : "";
    throw this.#fail("malformed-json", cursor.at, `every line has to be a JSON object${hint}.`);
  }

  #malformed(fault: JsonFault): CliError {
    const atEnd = fault.at >= this.#text.length;
    const hint = atEnd ? "; the file may have been cut off, or an object goes on over several lines" : "";
    return this.#fail("malformed-json", fault.at, `${fault.message}${hint}.`, { cause: fault });
  }

  #refuseKey(key: string, keyAt: number): never {
    const names = this.#options.columns.map((column) => column.name);
    const meant = nearestName(key, names);
    const isPartition = this.#options.partitionColumns.some(
      (name) => name.toLowerCase() === key.toLowerCase(),
    );
    const hint = isPartition
      ? " but a partition column: its value is said behind the table, as in TABLE/pt=value."
      : meant === undefined
        ? "."
        : `; did you mean ${meant}?`;
    throw this.#fail("unknown-column", keyAt, `${JSON.stringify(key)} is no column of the table${hint}`, {
      field: key,
    });
  }

  #refuseNull(column: ColumnConverter): never {
    const position = this.place(column.name);
    const how = this.shown(column.name) === undefined ? "is missing" : "is null";
    throw new CliError(
      "null-not-allowed",
      `${formatPosition(position)}: column ${column.name} must not be NULL, and here it ${how}.`,
      { position, field: column.name },
    );
  }

  #fail(
    code: CliErrorCode,
    at: number,
    message: string,
    more: { cause?: unknown; field?: string } = {},
  ): CliError {
    const position = this.#placeAt(at);
    return new CliError(code, `${formatPosition(position)}: ${message}`, { position, ...more });
  }

  #placeAt(at: number): FilePosition {
    const before = this.#text.slice(0, at);
    let column = 1;
    for (const _character of before) column += 1;
    const byteOffset = this.#lines.byteOffset + Buffer.byteLength(before);
    return { file: this.#options.file, line: this.#lines.line, column, byteOffset };
  }
}

const blankLine = /^[ \t\r]*$/;
