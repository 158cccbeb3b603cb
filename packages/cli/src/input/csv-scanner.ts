import { RecordScanner, resolveDialect, type TextFault } from "@maxcompute-tunnel/codec/text";
import { ByteWindow } from "./byte-window.ts";
import { CsvFault, type CsvFaultKind } from "./csv-fault.ts";

/** How a CSV file is laid out, and how much of it one record may take. */
export interface CsvDialect {
  /** The byte between two fields. @default a comma */
  readonly delimiter?: number;
  /** Give up on a record longer than this. @default 200 MiB, the most the service takes in one record */
  readonly maxRecordBytes?: number;
}

/**
 * Finds the fields of quoted CSV (RFC 4180) in a stream of bytes, whatever way it was cut into chunks.
 *
 * It yields offsets only: no string is made before a value is converted. Records end with LF or CRLF; quoted
 * fields may hold both. The offsets of a record hold until the next call of `next`, `push` or `end`.
 */
export class CsvScanner {
  /** Line on which the current record starts, counting from 1. */
  line = 1;
  /** Offset of the current record's first byte in the file. */
  byteOffset = 0;
  readonly #maxRecordBytes: number;
  readonly #scanner: RecordScanner;
  readonly #window = new ByteWindow();
  #recordStart = 0;
  /** Where the next record begins. */
  #next = 0;
  /** A long record that is not whole is looked at again once there are so many bytes, so that it takes linear time. */
  #lookAt = 0;
  #ended = false;
  /** Lines begun before the next record, the first one included. */
  #lines = 1;

  constructor(dialect: CsvDialect = {}) {
    const delimiter = String.fromCharCode(dialect.delimiter ?? comma);
    this.#scanner = new RecordScanner(resolveDialect({ delimiter, lineEnd: "lf" }));
    this.#maxRecordBytes = dialect.maxRecordBytes ?? 200 * 1024 * 1024;
  }

  /** Number of fields in the current record. */
  get fieldCount(): number {
    return this.#scanner.count;
  }

  /** Number of lines begun so far, for a place that lies after the last record. */
  get lines(): number {
    return this.#lines + this.#lineFeeds(this.#next, this.#window.limit);
  }

  /** The bytes that the field offsets point into. */
  get bytes(): Buffer {
    return this.#window.bytes;
  }

  /** Takes the next bytes of the file. The scanner reads them in place, so they must not change afterwards. */
  push(chunk: Uint8Array): void {
    this.#next -= this.#window.push(chunk, this.#next);
  }

  /** Counts bytes that were left out before the first chunk, so that offsets are those of the file. */
  skip(bytes: number): void {
    this.#window.skip(bytes);
  }

  /** Says that no bytes follow, so that a last line without a line end counts as a record. */
  end(): void {
    this.#ended = true;
  }

  /** Moves to the next whole record; `false` means that more bytes are needed, or after `end` that none is left. */
  next(): boolean {
    const { bytes, limit } = this.#window;
    const start = this.#next;
    this.#recordStart = start;
    this.line = this.#lines;
    this.byteOffset = this.#window.offset + start;
    if (limit - start < this.#lookAt && !this.#ended) return this.#refuseTooLarge();
    switch (this.#scanner.scan(bytes, start, limit, this.#ended)) {
      case "record":
        this.#next = this.#scanner.next;
        this.#lines += this.#lineFeeds(start, this.#next);
        this.#lookAt = 0;
        return true;
      case "fault":
        throw this.#fault(this.#scanner.fault, this.#scanner.faultAt);
      case "more":
        this.#lookAt = limit - start > shortRecordBytes ? (limit - start) * 2 : 0;
        return this.#refuseTooLarge();
      default:
        return false;
    }
  }

  /** Where a field's text begins in `bytes`, quotes left out. */
  start(field: number): number {
    return this.#scanner.start(field);
  }

  /** Where a field's text ends in `bytes`, quotes left out. */
  fieldEnd(field: number): number {
    return this.#scanner.end(field);
  }

  /** Whether the field stood in quotes: `""` is an empty string, where nothing at all is NULL. */
  quoted(field: number): boolean {
    return this.#scanner.quoted(field);
  }

  /** Whether the field's text holds doubled quotes, so that `unescape` has to be called. */
  escaped(field: number): boolean {
    return this.#scanner.escaped(field);
  }

  /** A copy of a field's text with doubled quotes made single. */
  unescape(field: number): Buffer {
    return Buffer.from(this.#scanner.unescape(this.bytes, field));
  }

  /** Line, column and offset at which a field of the current record begins, its opening quote included. */
  fieldPlace(field: number): { readonly byteOffset: number; readonly line: number; readonly column: number } {
    return this.#place(this.start(field) - (this.quoted(field) ? 1 : 0));
  }

  /** Where the current record's last field ends, its closing quote included: another field would follow here. */
  endPlace(): { readonly byteOffset: number; readonly line: number; readonly column: number } {
    return this.#place(this.#scanner.recordEnd);
  }

  #refuseTooLarge(): false {
    if (this.#window.limit - this.#recordStart <= this.#maxRecordBytes) return false;
    throw this.#fault("record-too-large", this.#recordStart);
  }

  #lineFeeds(start: number, end: number): number {
    const part = this.#window.bytes.subarray(start, end);
    let count = 0;
    for (let at = part.indexOf(lineFeed); at >= 0; at = part.indexOf(lineFeed, at + 1)) count += 1;
    return count;
  }

  #fault(kind: TextFault | "record-too-large", at: number): CsvFault {
    // Of the other kinds of text there is none with these settings.
    return new CsvFault(kind as CsvFaultKind, this.#place(at));
  }

  #place(at: number): { byteOffset: number; line: number; column: number } {
    const { bytes, offset } = this.#window;
    const lineStart = Math.max(bytes.subarray(this.#recordStart, at).lastIndexOf(lineFeed), -1);
    const before = bytes.toString("utf8", this.#recordStart + lineStart + 1, at);
    let column = 1;
    for (const _character of before) column += 1;
    return { byteOffset: offset + at, line: this.line + this.#lineFeeds(this.#recordStart, at), column };
  }
}

const shortRecordBytes = 65_536;
const comma = 0x2c;
const lineFeed = 0x0a;
