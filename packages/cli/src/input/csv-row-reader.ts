import type { ColumnConverter } from "@maxcompute-tunnel/codec/text";
import { CliError, type FilePosition } from "../errors.ts";
import { quoteValue, refuseValue } from "./bad-value.ts";
import { CsvFault, type CsvFaultKind } from "./csv-fault.ts";
import { type HeaderChoice, readHeader } from "./csv-header.ts";
import { type CsvDialect, CsvScanner } from "./csv-scanner.ts";
import { formatPosition } from "./file-position.ts";
import type { HeaderAgreement } from "./header-agreement.ts";
import type { RowReader } from "./row-reader.ts";

/** What reading a CSV file needs to know. */
export interface CsvRowReaderOptions extends CsvDialect {
  readonly file: string;
  readonly columns: readonly ColumnConverter[];
  /** Names of the partition's columns, which a file cannot fill. */
  readonly partitionColumns: readonly string[];
  readonly header: HeaderChoice;
  /** Shared by the files of one load. */
  readonly agreement: HeaderAgreement;
}

/** Reads quoted CSV, by header name or by position. */
export class CsvRowReader implements RowReader {
  rowCount = 0;
  blankLines = 0;
  readonly row: unknown[];

  readonly #options: CsvRowReaderOptions;
  readonly #scanner: CsvScanner;
  /** Column of the table for each field, once the first row has been seen. */
  #targets: readonly number[] | undefined;
  #hasHeader = false;

  constructor(options: CsvRowReaderOptions) {
    this.#options = options;
    this.#scanner = new CsvScanner(options);
    this.row = new Array(options.columns.length).fill(null);
  }

  get lines(): number {
    return this.#scanner.lines;
  }

  push(chunk: Uint8Array): void {
    this.#scanner.push(chunk);
  }

  skip(bytes: number): void {
    this.#scanner.skip(bytes);
  }

  end(): void {
    this.#scanner.end();
  }

  next(): boolean {
    for (;;) {
      if (!this.#scan()) return false;
      if (this.#targets === undefined) {
        this.#readFirst();
        if (this.#hasHeader) continue;
      }
      if (this.#isBlank()) {
        this.blankLines += 1;
        continue;
      }
      this.#readRow(this.#targets!);
      this.rowCount += 1;
      return true;
    }
  }

  place(column?: string): FilePosition {
    const { file } = this.#options;
    const field = column === undefined ? -1 : this.#fieldOf(column);
    if (field < 0) return { file, line: this.#scanner.line, byteOffset: this.#scanner.byteOffset };
    return { file, ...this.#scanner.fieldPlace(field) };
  }

  shown(column: string): string | undefined {
    const field = this.#fieldOf(column);
    return field < 0 ? undefined : quoteValue(this.#text(field));
  }

  #scan(): boolean {
    try {
      return this.#scanner.next();
    } catch (error) {
      if (!(error instanceof CsvFault)) throw error;
      const { line, column, byteOffset, kind } = error;
      const position = { file: this.#options.file, line, column, byteOffset };
      const code = kind === "record-too-large" ? "record-too-large" : "malformed-csv";
      throw new CliError(code, `${formatPosition(position)}: ${faults[kind]}.`, { position, cause: error });
    }
  }

  #readFirst(): void {
    const { columns, partitionColumns, header, agreement, file } = this.#options;
    const fields = Array.from({ length: this.#scanner.fieldCount }, (_, field) => this.#text(field));
    const table = { columns: columns.map((column) => column.name), partitionColumns };
    const verdict = readHeader(fields, table, header);
    if (verdict.kind === "refused") {
      const position = { file, ...this.#scanner.fieldPlace(verdict.field) };
      throw new CliError(verdict.reason, `${formatPosition(position)}: ${verdict.message}`, {
        position,
        next:
          header === "auto"
            ? "Say --header if the first row names columns, or --no-header if it is data."
            : "Correct the header, or say --no-header if the first row is data.",
      });
    }
    this.#hasHeader = verdict.kind === "header";
    if (header === "auto") agreement.note(file, this.#hasHeader);
    this.#targets = verdict.kind === "header" ? verdict.columns : columns.map((_, index) => index);
    if (verdict.kind === "header") this.#refuseMissing(verdict.columns);
  }

  /** A column that the header leaves out is NULL in every row, which has to be allowed. */
  #refuseMissing(present: readonly number[]): void {
    const missing = this.#options.columns.find(
      (column, index) => !column.nullable && !present.includes(index),
    );
    if (missing === undefined) return;
    const position = this.place();
    throw new CliError(
      "null-not-allowed",
      `${formatPosition(position)}: the header leaves out column ${missing.name}, which must not be NULL.`,
      { position, field: missing.name },
    );
  }

  /** A line with nothing on it is no row, unless rows have one field only: there it is a NULL. */
  #isBlank(): boolean {
    const scanner = this.#scanner;
    if (scanner.fieldCount !== 1 || this.#targets!.length === 1) return false;
    return scanner.start(0) === scanner.fieldEnd(0) && !scanner.quoted(0);
  }

  #readRow(targets: readonly number[]): void {
    const scanner = this.#scanner;
    const { columns } = this.#options;
    if (scanner.fieldCount !== targets.length) this.#refuseCount(targets.length);
    for (let field = 0; field < targets.length; field += 1) {
      const target = targets[field]!;
      const column = columns[target]!;
      const start = scanner.start(field);
      const end = scanner.fieldEnd(field);
      if (start === end && !scanner.quoted(field)) {
        if (!column.nullable) this.#refuseNull(column);
        this.row[target] = null;
        continue;
      }
      try {
        if (scanner.escaped(field)) {
          const text = scanner.unescape(field);
          this.row[target] = column.fromField(text, 0, text.byteLength);
        } else {
          this.row[target] = column.fromField(scanner.bytes, start, end);
        }
      } catch (error) {
        throw refuseValue(
          error,
          column,
          this.place(column.name),
          quoteValue(this.#text(field)),
          this.#hint(),
        );
      }
    }
  }

  #refuseNull(column: ColumnConverter): never {
    const position = this.place(column.name);
    throw new CliError(
      "null-not-allowed",
      `${formatPosition(position)}: column ${column.name} must not be NULL, and an empty field without quotes is NULL.`,
      { position, field: column.name },
    );
  }

  #refuseCount(expected: number): never {
    const found = this.#scanner.fieldCount;
    const where = found > expected ? this.#scanner.fieldPlace(expected) : this.#scanner.endPlace();
    const position = { file: this.#options.file, ...where };
    const fields = found === 1 ? "1 field" : `${found} fields`;
    const columns = expected === 1 ? "1 column" : `${expected} columns`;
    const wanted = this.#hasHeader ? `the header has ${expected}` : `the table has ${columns}`;
    throw new CliError("wrong-field-count", `${formatPosition(position)}: ${fields}, but ${wanted}.`, {
      position,
      next: this.#hint(),
    });
  }

  /** What may be behind a first row that does not fit. */
  #hint(): string | undefined {
    if (this.rowCount > 0 || this.#hasHeader || this.#options.header !== "auto") return undefined;
    return "If the first row is a header, every name in it has to be a column's; --header says which one is not.";
  }

  #fieldOf(column: string): number {
    const target = this.#options.columns.findIndex((known) => known.name === column);
    return this.#targets?.indexOf(target) ?? -1;
  }

  #text(field: number): string {
    const scanner = this.#scanner;
    if (scanner.escaped(field)) return scanner.unescape(field).toString("utf8");
    return scanner.bytes.toString("utf8", scanner.start(field), scanner.fieldEnd(field));
  }
}

const faults: Readonly<Record<CsvFaultKind, string>> = {
  "unterminated-quote": "the quote that opens here is never closed; the file may have been cut off",
  "text-after-quote": 'text follows a closing quote; a quote inside a field is written twice ("")',
  "quote-in-field":
    'a quote stands inside a field without quotes; put the whole field in quotes and write the quote twice ("")',
  "bare-carriage-return": "a carriage return (CR) without a line feed (LF) stands outside quotes",
  "record-too-large":
    "the record that starts here is longer than the 200 MiB that the service takes; a quote may not be closed",
};
