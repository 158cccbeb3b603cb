import { CodecError, type CodecErrorCode } from "../errors.ts";
import { BadBytes } from "../wire/bad-bytes.ts";
import { ByteSource } from "../wire/byte-source.ts";
import { crcStart, crcValue, feed4 } from "../wire/crc32c.ts";
import { joinNumber } from "../wire/int64.ts";
import { badChecksum, FooterReader } from "./footer-reader.ts";
import type { PackSummary } from "./options.ts";
import type { FieldHandler, PackReaderRules, WholeRecords } from "./pack-handlers.ts";
import { PendingBytes } from "./pending-bytes.ts";
import { endRecordTag, firstReservedField, recordCountTag } from "./stream-tags.ts";
import type { ColumnPlan } from "./type-plan.ts";

/** Where in the stream the next tag stands. */
type Stage = "records" | "footer" | "failed";

/**
 * Takes a record stream apart as its bytes arrive in pieces of any size: tags, record checksums, the footer. What
 * the values are is left to a {@link FieldHandler}. After a piece, only bytes of the value that it broke off in are
 * kept, or of a record that waits to be taken whole; that value is not tried again before it can be whole.
 */
export class PackReader {
  recordCount = 0;
  /** Asked before each record, if there is one. What it does not take is read field by field. */
  wholeRecords: WholeRecords | undefined;
  readonly #columns: readonly ColumnPlan[];
  readonly #required: readonly number[];
  readonly #handler: FieldHandler;
  readonly #rules: PackReaderRules;
  readonly #source: ByteSource = new ByteSource();
  readonly #pending: PendingBytes = new PendingBytes();
  readonly #footer: FooterReader;
  /** By column: the number of the record that it was last seen in, from 1. */
  readonly #seenIn: Float64Array;
  #stage: Stage = "records";
  /** The column whose value is being taken. */
  #column: ColumnPlan | undefined;
  #inRecord = false;
  #recordStart = 0;
  /** Position in the whole stream of the first byte not taken. */
  #offset = 0;
  /** Not worth a try before so many bytes are pending. */
  #wanted = 0;
  #packCrc = crcStart;

  constructor(columns: readonly ColumnPlan[], handler: FieldHandler, rules: PackReaderRules) {
    this.#columns = columns;
    this.#required = rules.checkNulls
      ? columns.flatMap((column, index) => (column.nullable ? [] : [index]))
      : [];
    this.#handler = handler;
    this.#rules = rules;
    this.#footer = new FooterReader(rules);
    this.#seenIn = new Float64Array(columns.length);
    this.#startRecord(0);
  }

  /** Position in the stream behind the last whole record. */
  get recordsEnd(): number {
    return this.#recordStart;
  }

  /** Checksum of the checksums of the records so far. */
  get recordsChecksum(): number {
    return crcValue(this.#packCrc);
  }

  /** @throws CodecError; after that the reader refuses to go on. */
  push(chunk: Uint8Array): void {
    this.#refuseIfFailed();
    const source = this.#source;
    const pending = this.#pending;
    const fromChunk = pending.length === 0;
    if (fromChunk) {
      source.load(chunk, chunk.length, this.#offset);
    } else {
      pending.append(chunk);
      if (pending.length < this.#wanted) return;
      source.load(pending.bytes, pending.length, this.#offset);
    }
    try {
      this.wholeRecords?.forget();
      this.#takeAll(source);
    } catch (error) {
      throw this.#failed(error);
    }
    this.#offset = source.offset;
    if (fromChunk) {
      if (source.pos < chunk.length) pending.append(chunk.subarray(source.pos));
    } else {
      pending.consume(source.pos);
    }
    this.#wanted = pending.length + source.need;
    if (this.#offset + this.#wanted > this.#recordStart + this.#rules.maxRecordBytes) {
      throw this.#failed(this.#recordTooLarge());
    }
  }

  /** @throws CodecError `truncated`, `missing-footer` */
  end(): PackSummary {
    // Nothing more will come: takes what waited for it.
    this.push(new Uint8Array(0));
    if (!this.#footer.isWhole) {
      const atBorder = this.#stage === "records" && !this.#inRecord && this.#pending.length === 0;
      const at = this.#offset + this.#pending.length;
      const rest = `the rest of the ${this.#inRecord ? "record" : "footer"}`;
      throw this.#failed(
        atBorder
          ? new BadBytes("missing-footer", "the footer behind the last record", "the end", at)
          : new BadBytes("truncated", rest, "the end", at),
      );
    }
    const { checksum, metrics } = this.#footer;
    return { recordCount: this.recordCount, checksum, ...(metrics === undefined ? {} : { metrics }) };
  }

  /** Takes whatever is whole. */
  #takeAll(source: ByteSource): void {
    for (;;) {
      if (this.#column !== undefined) {
        if (!this.#handler.takeField(source, this.#column)) return;
        this.#column = undefined;
      } else if (this.wholeRecords !== undefined && !this.#inRecord && this.#stage === "records") {
        this.#takeWhole(source, this.wholeRecords);
        if (this.wholeRecords.awaitsRest) return;
      }
      const start = source.pos;
      if (start === source.len) {
        source.need = 1;
        return;
      }
      if (this.#footer.isWhole) throw source.bad("trailing-bytes", "the end of the stream", "more bytes");
      if (!source.takeVarint()) return;
      const tag = source.high === 0 ? source.low : -1;
      const isWhole =
        this.#stage === "records"
          ? this.#takeTagged(source, tag, start)
          : this.#footer.take(source, tag, start, crcValue(this.#packCrc));
      if (!isWhole) {
        source.pos = start;
        return;
      }
    }
  }

  #takeWhole(source: ByteSource, whole: WholeRecords): void {
    if (source.pos === source.len) return;
    this.recordCount += whole.take(source, this.#packCrc);
    this.#packCrc = whole.packState;
    this.#startRecord(source.offset);
  }

  /** What stands behind a tag among the records. False when it is not whole. */
  #takeTagged(source: ByteSource, tag: number, start: number): boolean {
    const number = tag >>> 3;
    const column = tag < 0 ? undefined : this.#columns[number - 1];
    if (column !== undefined) {
      this.#column = column;
      if (tag !== column.tag) {
        const expected = `wire type ${column.type.wireType}`;
        throw this.#badTag(source, start, "wrong-wire-type", expected, `${tag & 7}`);
      }
      const record = this.recordCount + 1;
      if (this.#seenIn[number - 1] === record) {
        throw this.#badTag(
          source,
          start,
          "duplicate-field",
          "each column once in a record",
          "it a second time",
        );
      }
      this.#seenIn[number - 1] = record;
      this.#inRecord = true;
      source.crc = feed4(source.crc, number);
      return true;
    }
    if (tag === endRecordTag) return this.#takeRecordEnd(source);
    if (tag === recordCountTag && !this.#inRecord) return this.#takeRecordCount(source);
    if (number > 0 && number < firstReservedField) {
      throw this.#badTag(
        source,
        start,
        "unknown-field",
        `a field number of at most ${this.#columns.length}`,
        `${number}`,
      );
    }
    throw this.#badTag(
      source,
      start,
      "bad-tag",
      "a field, the end of the record or the footer",
      `tag ${tag}`,
    );
  }

  #takeRecordEnd(source: ByteSource): boolean {
    const at = source.offset;
    if (!source.takeChecksum()) return false;
    const crc = crcValue(source.crc);
    if (source.number !== crc) throw badChecksum("checksum-mismatch", "the record", crc, source.number, at);
    if (source.offset > this.#recordStart + this.#rules.maxRecordBytes) throw this.#recordTooLarge();
    const record = this.recordCount + 1;
    for (const index of this.#required) {
      if (this.#seenIn[index] === record) continue;
      this.#column = this.#columns[index];
      throw new BadBytes("null-not-allowed", `a value of ${this.#column?.type.name}`, "NULL", at);
    }
    this.#handler.endRecord();
    this.#packCrc = feed4(this.#packCrc, crc);
    this.recordCount = record;
    this.#startRecord(source.offset);
    return true;
  }

  #takeRecordCount(source: ByteSource): boolean {
    const at = source.offset;
    if (!source.takeInteger()) return false;
    const count = joinNumber(source.low, source.high);
    if (count !== this.recordCount) {
      throw new BadBytes("record-count-mismatch", `a count of ${this.recordCount} records`, `${count}`, at);
    }
    this.#stage = "footer";
    return true;
  }

  #startRecord(offset: number): void {
    this.#recordStart = offset;
    this.#inRecord = false;
    this.#source.crc = crcStart;
    this.#source.recordEnd = Math.min(offset + this.#rules.maxRecordBytes, this.#rules.totalBytes);
  }

  #badTag(
    source: ByteSource,
    start: number,
    code: CodecErrorCode,
    expected: string,
    found: string,
  ): BadBytes {
    source.pos = start;
    return source.bad(code, expected, found);
  }

  #recordTooLarge(): BadBytes {
    const expected = `a record of at most ${this.#rules.maxRecordBytes} bytes`;
    return new BadBytes("record-too-large", expected, "a longer one", this.#recordStart);
  }

  #failed(error: unknown): unknown {
    this.#stage = "failed";
    if (!(error instanceof BadBytes)) return error;
    const row = this.recordCount;
    const { code, expected, found, offset } = error;
    const column = this.#column?.name;
    const path = column === undefined ? undefined : column + error.path;
    const place =
      path === undefined ? `row ${row}, byte ${offset}` : `row ${row}, column ${path}, byte ${offset}`;
    return new CodecError(code, `${place}: Expected ${expected}, got ${found}`, {
      row,
      offset,
      expected,
      value: found,
      ...(column === undefined || path === undefined ? {} : { column, path }),
    });
  }

  #refuseIfFailed(): void {
    if (this.#stage === "failed") throw new CodecError("wrong-state", "Expected no call after an error");
  }
}
