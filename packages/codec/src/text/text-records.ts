import { CodecError } from "../errors.ts";
import { positive, resolveLimits } from "../record/options.ts";
import { PackBody } from "../record/pack-body.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { showValue } from "../values/invalid-value.ts";
import { RecordTooLarge } from "../wire/chunked-writer.ts";
import { type ConversionRules, resolveConversion } from "./convert/conversion.ts";
import { shownBytes } from "./convert/field-text.ts";
import { carriageReturn, type DialectBytes, lineFeed, resolveDialect } from "./dialect.ts";
import { FieldEncoder } from "./field-encoder.ts";
import { isNullMarker } from "./null-marker.ts";
import { RecordScanner } from "./scan/record-scanner.ts";
import { faultTexts } from "./scan/text-fault.ts";
import {
  type FieldPlan,
  fromConstant,
  fromNowhere,
  planFields,
  type TextPackOptions,
} from "./text-options.ts";
import { type Refusal, refusalOf, rejectError, shownText, type TextRowReject } from "./text-reject.ts";

/** Makes rows of the records of a text, one at a time, and keeps count. This is the whole truth about what text means. */
export class TextRecords {
  readonly dialect: DialectBytes;
  readonly scanner: RecordScanner;
  readonly encoder: FieldEncoder;
  readonly rules: ConversionRules;
  readonly fields: FieldPlan;
  readonly body: PackBody;
  readonly maxFieldBytes: number;
  readonly maxRecordBytes: number;
  /** Records that made no row since the pack began. */
  rejectedCount = 0;
  /** Records of the stream. */
  seen = 0;
  /** Lines passed over because they were blank. */
  blankLines = 0;
  /** Offset in the stream of the first of the bytes at hand. */
  offset = 0;
  readonly #onReject: ((reject: TextRowReject) => void) | undefined;
  /** Up to where in the stream line ends have been counted, and how many. */
  #countedTo = 0;
  #lineEnds = 0;
  /** Column that is being written. */
  #column = 0;

  constructor(columns: readonly ColumnSpec[], options: TextPackOptions) {
    const { maxFieldBytes, maxRecordBytes } = resolveLimits(options);
    this.dialect = resolveDialect(options.dialect);
    this.scanner = new RecordScanner(this.dialect);
    this.rules = resolveConversion(options.conversion);
    this.encoder = new FieldEncoder(columns, this.rules, maxFieldBytes);
    this.fields = planFields(columns.length, options);
    this.maxFieldBytes = maxFieldBytes;
    this.maxRecordBytes = maxRecordBytes;
    this.body = new PackBody(positive("chunkBytes", options.chunkBytes ?? 1024 * 1024), maxRecordBytes);
    this.#onReject = options.onReject;
    this.#refuseBadConstants();
  }

  /**
   * Takes whole records, in the order of the bytes.
   *
   * @returns where the first begins that is not whole.
   */
  take(bytes: Uint8Array, start: number, limit: number, final: boolean): number {
    let at = start;
    while (this.takeOne(bytes, at, limit, final)) at = this.scanner.next;
    return at;
  }

  /** Takes the record at a place if it is whole. Where the next one begins, the scanner then knows. */
  takeOne(bytes: Uint8Array, start: number, limit: number, final: boolean): boolean {
    const { scanner } = this;
    switch (scanner.scan(bytes, start, limit, final)) {
      case "record":
        this.#takeScanned(bytes, start);
        return true;
      case "fault":
        this.#reject(bytes, start, scanner.faultAt, undefined, faultRefusal(scanner));
        // Counted now: what lines end with may be settled by the next record, and otherwise than here.
        if (!this.knowsRecordEnds) this.countLines(bytes, scanner.next);
        return true;
      default:
        return false;
    }
  }

  #takeScanned(bytes: Uint8Array, start: number): void {
    const { scanner, fields, body } = this;
    if (scanner.isBlank && this.dialect.skipsBlankLines && !fields.hasOneField) {
      this.blankLines++;
      return;
    }
    const { count } = scanner;
    if (fields.count >= 0 && count !== fields.count) {
      const at = count > fields.count ? this.#fieldStart(fields.count) : scanner.recordEnd;
      const refusal: Refusal = {
        code: "wrong-field-count",
        reason: `${fieldsText(fields.count)} (there are ${count})`,
      };
      this.#reject(bytes, start, at, undefined, refusal);
      return;
    }
    try {
      this.#writeFields(bytes);
      body.endRecord();
    } catch (error) {
      body.sink.dropRecord();
      this.#rejectFor(error, bytes, start);
      return;
    }
    this.seen++;
  }

  #writeFields(bytes: Uint8Array): void {
    const { scanner, encoder } = this;
    const { sink } = this.body;
    const { sources, constants } = this.fields;
    for (let column = 0; column < sources.length; column++) {
      this.#column = column;
      const field = sources[column]!;
      if (field === fromConstant) {
        encoder.writeValue(sink, column, constants[column]);
      } else if (field === fromNowhere || field >= scanner.count || this.#isNull(bytes, field)) {
        encoder.writeValue(sink, column, null);
      } else if (scanner.escaped(field)) {
        const text = scanner.unescape(bytes, field);
        encoder.writeText(sink, column, text, 0, text.length);
      } else {
        encoder.writeText(sink, column, bytes, scanner.start(field), scanner.end(field));
      }
    }
  }

  #isNull(bytes: Uint8Array, field: number): boolean {
    const { scanner, dialect } = this;
    if (scanner.quoted(field) && !dialect.nullInQuotes) return false;
    return isNullMarker(dialect.nullMarkers, bytes, scanner.start(field), scanner.end(field));
  }

  #rejectFor(error: unknown, bytes: Uint8Array, start: number): void {
    const { scanner, fields } = this;
    if (error instanceof RecordTooLarge) {
      const refusal: Refusal = {
        code: "record-too-large",
        reason: `a row of at most ${this.maxRecordBytes} bytes`,
      };
      this.#reject(bytes, start, start, undefined, refusal);
      return;
    }
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    const field = fields.sources[this.#column]!;
    const isThere = field >= 0 && field < scanner.count;
    const at = isThere ? this.#fieldStart(field) : scanner.recordEnd;
    this.#reject(bytes, start, at, this.#column, refusal, isThere ? field : undefined);
  }

  /** Where a field begins, its quote included. */
  #fieldStart(field: number): number {
    return this.scanner.start(field) - (this.scanner.quoted(field) ? 1 : 0);
  }

  #reject(
    bytes: Uint8Array,
    start: number,
    at: number,
    column: number | undefined,
    refusal: Refusal,
    field?: number,
  ): void {
    const { scanner } = this;
    const from = field === undefined ? start : scanner.start(field);
    const end = field === undefined ? scanner.recordEnd : scanner.end(field);
    const shown = shownText(shownBytes(bytes, from, Math.min(end, from + 256)));
    this.countLines(bytes, start);
    const reject: TextRowReject = {
      row: this.seen,
      line: this.#lineEnds + 1 + this.#lineEndsWithin(bytes, start, at),
      column: column === undefined ? undefined : this.encoder.columns[column]!.name,
      offset: this.offset + at,
      recordStart: this.offset + start,
      recordEnd: this.offset + scanner.recordEnd,
      ...refusal,
      value: field === undefined && column !== undefined ? "NULL" : shown,
    };
    this.seen++;
    this.rejectedCount++;
    if (this.#onReject === undefined) throw rejectError(reject);
    this.#onReject(reject);
  }

  /** Line ends in the stream so far. */
  get lineEnds(): number {
    return this.#lineEnds;
  }

  /** Counts the line ends before a place in the bytes at hand. To be called before they go. */
  countLines(bytes: Uint8Array, at: number): void {
    this.addLines(at, this.#lineEndsWithin(bytes, this.#countedTo - this.offset, at));
  }

  /** Takes over the number of line ends from where they were counted last to a place in the bytes at hand. */
  addLines(at: number, count: number): void {
    this.#lineEnds += count;
    this.#countedTo = this.offset + at;
  }

  /** Where in the bytes at hand line ends are still to be counted. */
  get uncountedFrom(): number {
    return this.#countedTo - this.offset;
  }

  /** Whether it is settled what records end with. */
  get knowsRecordEnds(): boolean {
    return this.dialect.recordDelimiter !== undefined || this.scanner.lineEnd !== 0;
  }

  /** The byte that lines are counted by. */
  get lineEndByte(): number {
    return this.scanner.lineEnd === carriageReturn ? carriageReturn : lineFeed;
  }

  #lineEndsWithin(bytes: Uint8Array, start: number, end: number): number {
    const byte = this.lineEndByte;
    const part = bytes.subarray(start, end);
    let count = 0;
    for (let at = part.indexOf(byte); at >= 0; at = part.indexOf(byte, at + 1)) count++;
    return count;
  }

  /** A constant that its column does not take is the caller's mistake, not a row's. */
  #refuseBadConstants(): void {
    const { sources, constants } = this.fields;
    for (let column = 0; column < sources.length; column++) {
      if (sources[column] !== fromConstant) continue;
      try {
        this.encoder.writeValue(this.body.sink, column, constants[column]);
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === undefined) throw error;
        const { name } = this.encoder.columns[column]!;
        const said = `Expected ${refusal.reason} for all rows, got ${showValue(constants[column])}`;
        throw new CodecError("invalid-option", `column ${name}: ${said}`, { column: name, cause: error });
      } finally {
        this.body.sink.dropRecord();
      }
    }
  }
}

function faultRefusal(scanner: RecordScanner): Refusal {
  return { code: scanner.fault, reason: `a well-formed record (${faultTexts[scanner.fault]})` };
}

function fieldsText(count: number): string {
  return count === 1 ? "1 field" : `${count} fields`;
}
