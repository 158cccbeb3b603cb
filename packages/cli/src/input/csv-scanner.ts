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
  /** Number of fields in the current record. */
  fieldCount = 0;
  /** Line on which the current record starts, counting from 1. */
  line = 1;
  /** Offset of the current record's first byte in the file. */
  byteOffset = 0;
  readonly #delimiter: number;
  readonly #maxRecordBytes: number;
  readonly #special = new Uint8Array(256);

  readonly #window = new ByteWindow();
  #position = 0;
  #recordStart = 0;
  #state: ScanState = atRecordStart;
  #ended = false;
  /** Lines begun so far, the first one included. */
  #lines = 1;
  /** Three numbers a field: start, end (both from the record's start) and flags. */
  #fields = new Int32Array(96);
  #count = 0;
  #fieldStart = 0;
  #fieldFlags = 0;
  /** Where the quote now open began: offset from the record's start. */
  #quoteStart = 0;

  constructor(dialect: CsvDialect = {}) {
    this.#delimiter = dialect.delimiter ?? comma;
    this.#maxRecordBytes = dialect.maxRecordBytes ?? 200 * 1024 * 1024;
    for (const byte of [this.#delimiter, lineFeed, carriageReturn, quote]) this.#special[byte] = 1;
  }

  /** Number of lines begun so far, for a place that lies after the last record. */
  get lines(): number {
    return this.#lines;
  }

  /** The bytes that the field offsets point into. */
  get bytes(): Buffer {
    return this.#window.bytes;
  }

  /** Takes the next bytes of the file. The scanner reads them in place, so they must not change afterwards. */
  push(chunk: Uint8Array): void {
    const moved = this.#window.push(chunk, this.#recordStart);
    this.#recordStart -= moved;
    this.#position -= moved;
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
    if (this.#state === atRecordStart) {
      this.#recordStart = this.#position;
      this.#count = 0;
      this.byteOffset = this.#window.offset + this.#position;
      this.line = this.#lines;
    }
    const found = this.#scan();
    if (found) {
      this.fieldCount = this.#count;
      return true;
    }
    if (this.#window.limit - this.#recordStart > this.#maxRecordBytes)
      throw this.#fault("record-too-large", 0);
    return this.#ended && this.#finish();
  }

  /** Where a field's text begins in `bytes`, quotes left out. */
  start(field: number): number {
    return this.#recordStart + this.#fields[field * 3]!;
  }

  /** Where a field's text ends in `bytes`, quotes left out. */
  fieldEnd(field: number): number {
    return this.#recordStart + this.#fields[field * 3 + 1]!;
  }

  /** Whether the field stood in quotes: `""` is an empty string, where nothing at all is NULL. */
  quoted(field: number): boolean {
    return (this.#fields[field * 3 + 2]! & isQuoted) !== 0;
  }

  /** Whether the field's text holds doubled quotes, so that `unescape` has to be called. */
  escaped(field: number): boolean {
    return (this.#fields[field * 3 + 2]! & hasEscapes) !== 0;
  }

  /** A copy of a field's text with doubled quotes made single. */
  unescape(field: number): Buffer {
    const { bytes } = this;
    const end = this.fieldEnd(field);
    const copy = Buffer.allocUnsafe(end - this.start(field));
    let length = 0;
    for (let at = this.start(field); at < end; at += 1) {
      const byte = bytes[at]!;
      copy[length] = byte;
      length += 1;
      if (byte === quote) at += 1;
    }
    return copy.subarray(0, length);
  }

  /** Line, column and offset at which a field of the current record begins, its opening quote included. */
  fieldPlace(field: number): { readonly byteOffset: number; readonly line: number; readonly column: number } {
    const quoteBytes = this.quoted(field) ? 1 : 0;
    return this.#place(this.#fields[field * 3]! - quoteBytes);
  }

  /** Where the current record's last field ends, its closing quote included: another field would follow here. */
  endPlace(): { readonly byteOffset: number; readonly line: number; readonly column: number } {
    const last = this.fieldCount - 1;
    return this.#place(this.#fields[last * 3 + 1]! + (this.quoted(last) ? 1 : 0));
  }

  #scan(): boolean {
    const { bytes, limit } = this.#window;
    const delimiter = this.#delimiter;
    const special = this.#special;
    const recordStart = this.#recordStart;
    let position = this.#position;
    let state = this.#state;
    while (position < limit) {
      switch (state) {
        case atRecordStart:
        case atFieldStart:
          this.#fieldFlags = 0;
          if (bytes[position] === quote) {
            this.#quoteStart = position - recordStart;
            this.#fieldFlags = isQuoted;
            position += 1;
            state = inQuotes;
          } else {
            state = inField;
          }
          this.#fieldStart = position - recordStart;
          break;
        case inField: {
          while (position < limit && special[bytes[position]!] === 0) position += 1;
          if (position === limit) break;
          const byte = bytes[position];
          if (byte === quote) throw this.#fault("quote-in-field", position - recordStart);
          this.#closeField(position - recordStart);
          state = byte === delimiter ? atFieldStart : byte === lineFeed ? atRecordStart : afterReturn;
          position += 1;
          break;
        }
        case inQuotes: {
          let byte = 0;
          while (position < limit) {
            byte = bytes[position]!;
            if (byte === quote) break;
            if (byte === lineFeed) this.#lines += 1;
            position += 1;
          }
          if (position === limit) break;
          position += 1;
          state = afterQuote;
          break;
        }
        case afterQuote: {
          const byte = bytes[position];
          if (byte === quote) {
            this.#fieldFlags |= hasEscapes;
            state = inQuotes;
          } else {
            if (byte !== delimiter && byte !== lineFeed && byte !== carriageReturn) {
              throw this.#fault("text-after-quote", position - recordStart);
            }
            this.#closeField(position - recordStart - 1);
            state = byte === delimiter ? atFieldStart : byte === lineFeed ? atRecordStart : afterReturn;
          }
          position += 1;
          break;
        }
        default:
          if (bytes[position] !== lineFeed)
            throw this.#fault("bare-carriage-return", position - recordStart - 1);
          state = atRecordStart;
          position += 1;
      }
      if (state === atRecordStart) {
        this.#lines += 1;
        this.#state = state;
        this.#position = position;
        return true;
      }
    }
    this.#state = state;
    this.#position = position;
    return false;
  }

  /** Ends the record that the file's last bytes began, if they began one. */
  #finish(): boolean {
    const length = this.#position - this.#recordStart;
    switch (this.#state) {
      case atRecordStart:
        return false;
      case inQuotes:
        throw this.#fault("unterminated-quote", this.#quoteStart);
      case atFieldStart:
        this.#fieldStart = length;
        this.#fieldFlags = 0;
        this.#closeField(length);
        break;
      case inField:
        this.#closeField(length);
        break;
      case afterQuote:
        this.#closeField(length - 1);
        break;
      default:
        // A carriage return as the very last byte: the record before it is whole.
        break;
    }
    this.#state = atRecordStart;
    this.fieldCount = this.#count;
    return true;
  }

  #closeField(end: number): void {
    const at = this.#count * 3;
    if (at + 3 > this.#fields.length) {
      const grown = new Int32Array(this.#fields.length * 2);
      grown.set(this.#fields);
      this.#fields = grown;
    }
    this.#fields[at] = this.#fieldStart;
    this.#fields[at + 1] = end;
    this.#fields[at + 2] = this.#fieldFlags;
    this.#count += 1;
  }

  #fault(kind: CsvFaultKind, offsetInRecord: number): CsvFault {
    return new CsvFault(kind, this.#place(offsetInRecord));
  }

  #place(offsetInRecord: number): { byteOffset: number; line: number; column: number } {
    const { bytes } = this;
    let line = this.line;
    let lineStart = this.#recordStart;
    const end = this.#recordStart + offsetInRecord;
    for (let at = lineStart; at < end; at += 1) {
      if (bytes[at] !== lineFeed) continue;
      line += 1;
      lineStart = at + 1;
    }
    const before = bytes.toString("utf8", lineStart, end);
    let column = 1;
    for (const _character of before) column += 1;
    return { byteOffset: this.#window.offset + end, line, column };
  }
}

type ScanState = 0 | 1 | 2 | 3 | 4 | 5;
const atRecordStart = 0;
const atFieldStart = 1;
const inField = 2;
const inQuotes = 3;
/** A quote was met inside quotes: the next byte tells whether it closed the field or was the first of two. */
const afterQuote = 4;
/** A carriage return ended a field: only a line feed may follow. */
const afterReturn = 5;

const isQuoted = 1;
const hasEscapes = 2;

const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
