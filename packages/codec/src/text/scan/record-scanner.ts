import { carriageReturn, type DialectBytes, lineFeed } from "../dialect.ts";
import type { TextFault } from "./text-fault.ts";

/** What a look for a record came to. */
export type ScanResult =
  /** The record from where it started to `next`. */
  | "record"
  /** A record that is malformed at `faultAt`; what comes after it begins at `next`. */
  | "fault"
  /** The bytes end before the record does. */
  | "more"
  /** After the last byte there is no record. */
  | "none";

/**
 * Finds one record and its fields, as offsets into the bytes it lies in.
 *
 * A malformed record reaches to the next record delimiter behind its fault, whatever quotes there are.
 */
export class RecordScanner {
  /** Number of fields of the record found last. */
  count = 0;
  /** Where the next record begins. */
  next = 0;
  /** Where the record's text ends, before its delimiter. */
  recordEnd = 0;
  fault: TextFault = "unterminated-quote";
  /** The byte that is wrong; for a quote that is not closed, the one that opens it. */
  faultAt = 0;
  /** The byte that ends lines, LF or CR; 0 until the first record has told. Of no use with a record delimiter. */
  lineEnd: number;
  readonly #dialect: DialectBytes;
  readonly #special = new Uint8Array(256);
  /** Three numbers a field: start, end, flags. */
  #fields = new Int32Array(96);

  constructor(dialect: DialectBytes) {
    this.#dialect = dialect;
    this.lineEnd = dialect.lineEnd;
    const { delimiter, recordDelimiter, quoteByte, escapeByte } = dialect;
    const ends = recordDelimiter === undefined ? [lineFeed, carriageReturn] : [recordDelimiter[0]!];
    for (const byte of [delimiter[0]!, ...ends]) this.#special[byte] = 1;
    if (quoteByte >= 0) this.#special[quoteByte] = 1;
    else if (escapeByte >= 0) this.#special[escapeByte] = 1;
  }

  /** Where a field's text begins, quotes left out. */
  start(field: number): number {
    return this.#fields[field * 3]!;
  }

  /** Where a field's text ends, quotes left out. */
  end(field: number): number {
    return this.#fields[field * 3 + 1]!;
  }

  /** Whether a field stood in quotes. */
  quoted(field: number): boolean {
    return (this.#fields[field * 3 + 2]! & isQuoted) !== 0;
  }

  /** Whether a field's text holds escapes, so that {@link unescape} has to be called. */
  escaped(field: number): boolean {
    return (this.#fields[field * 3 + 2]! & hasEscapes) !== 0;
  }

  /** Whether the record is one field with nothing in it, not even quotes. */
  get isBlank(): boolean {
    return this.count === 1 && this.#fields[0] === this.#fields[1] && this.#fields[2] === 0;
  }

  /** A copy of a field's text with its escapes resolved. */
  unescape(bytes: Uint8Array, field: number): Uint8Array {
    const { quoteByte, escapeByte } = this.#dialect;
    const mark = escapeByte >= 0 ? escapeByte : quoteByte;
    const end = this.end(field);
    const copy = new Uint8Array(end - this.start(field));
    let length = 0;
    for (let at = this.start(field); at < end; at++) {
      if (bytes[at] === mark && at + 1 < end && this.#isEscapable(bytes[at + 1]!)) at++;
      copy[length++] = bytes[at]!;
    }
    return copy.subarray(0, length);
  }

  /**
   * Looks for the record that begins at `start`.
   *
   * @param final whether nothing follows after `limit`.
   */
  scan(bytes: Uint8Array, start: number, limit: number, final: boolean): ScanResult {
    this.count = 0;
    if (start === limit) return final ? "none" : "more";
    const { quoteByte, escapeByte } = this.#dialect;
    const special = this.#special;
    for (let at = start; ; ) {
      let flags = 0;
      let from = at;
      let end: number;
      if (at < limit && bytes[at] === quoteByte) {
        from = at + 1;
        end = this.#closingQuote(bytes, from, limit);
        if (end < 0) {
          if (!final) return "more";
          this.faultAt = at;
          this.next = limit;
          this.recordEnd = limit;
          this.fault = "unterminated-quote";
          return "fault";
        }
        flags = this.#sawEscape ? isQuoted | hasEscapes : isQuoted;
        at = end + 1;
        if (at === limit && !final) return "more";
      } else {
        while (at < limit && special[bytes[at]!] === 0) at++;
        end = at;
      }
      // What the field ends with.
      const kind = at === limit ? (final ? endsRecord : endsNothing) : this.#endAt(bytes, at, limit, final);
      switch (kind) {
        case endsNothing:
          return "more";
        case endsField:
          this.#close(from, end, flags);
          at += this.#dialect.delimiter.length;
          continue;
        case endsRecord:
          this.#close(from, end, flags);
          this.recordEnd = at;
          this.next = at === limit ? limit : this.#next;
          return "record";
        case strayReturn:
          return this.#failed("bare-carriage-return", bytes, at, limit, final);
        case strayLineFeed:
          return this.#failed("bare-line-feed", bytes, at, limit, final);
        default:
      }
      if (flags !== 0) return this.#failed("text-after-quote", bytes, at, limit, final);
      if (bytes[at] === quoteByte) return this.#failed("quote-in-field", bytes, at, limit, final);
      // A byte that only looked special: go on in the same field, which may hold escapes.
      for (;;) {
        if (bytes[at] === escapeByte) {
          if (at + 1 === limit && !final) return "more";
          if (at + 1 < limit && this.#isEscapable(bytes[at + 1]!)) {
            flags = hasEscapes;
            at++;
          }
        }
        at++;
        while (at < limit && special[bytes[at]!] === 0) at++;
        const found = at >= limit ? (final ? endsRecord : endsNothing) : this.#endAt(bytes, at, limit, final);
        if (found === endsNothing) return "more";
        if (found === goesOn) {
          if (bytes[at] === quoteByte) return this.#failed("quote-in-field", bytes, at, limit, final);
          continue;
        }
        if (found === strayReturn) return this.#failed("bare-carriage-return", bytes, at, limit, final);
        if (found === strayLineFeed) return this.#failed("bare-line-feed", bytes, at, limit, final);
        this.#close(from, at, flags);
        if (found === endsField) {
          at += this.#dialect.delimiter.length;
          break;
        }
        this.recordEnd = at;
        this.next = at === limit ? limit : this.#next;
        return "record";
      }
    }
  }

  /** Whether the quoted field passed last held escapes. */
  #sawEscape = false;
  /** Where the record begins that follows the end found last. */
  #next = 0;

  /** The quote that closes a field; -1 if there is none, or if its second half may follow. */
  #closingQuote(bytes: Uint8Array, start: number, limit: number): number {
    const { quoteByte, escapeByte } = this.#dialect;
    this.#sawEscape = false;
    for (let at = start; at < limit; at++) {
      const byte = bytes[at]!;
      if (byte === quoteByte) {
        if (escapeByte >= 0 || bytes[at + 1] !== quoteByte || at + 1 >= limit) return at;
        this.#sawEscape = true;
        at++;
      } else if (byte === escapeByte) {
        this.#sawEscape = true;
        at++;
      }
    }
    return -1;
  }

  /** What a byte that may be an end is. `#next` is set for a record's. */
  #endAt(bytes: Uint8Array, at: number, limit: number, final: boolean): FieldEnd {
    const { delimiter, recordDelimiter } = this.#dialect;
    const byte = bytes[at]!;
    // First the record's, which may begin with a field's.
    if (recordDelimiter !== undefined && byte === recordDelimiter[0]) {
      const found = matches(bytes, at, limit, recordDelimiter);
      if (found < 0 && !final) return endsNothing;
      this.#next = at + recordDelimiter.length;
      if (found === recordDelimiter.length) return endsRecord;
    }
    if (byte === delimiter[0]) {
      const found = matches(bytes, at, limit, delimiter);
      if (found < 0 && !final) return endsNothing;
      if (found === delimiter.length) return endsField;
    }
    if (recordDelimiter !== undefined) return goesOn;
    if (byte === lineFeed) {
      if (this.lineEnd === carriageReturn) return strayLineFeed;
      this.lineEnd = lineFeed;
      this.#next = at + 1;
      return endsRecord;
    }
    if (byte !== carriageReturn) return goesOn;
    if (this.lineEnd === carriageReturn) {
      this.#next = at + 1;
      return endsRecord;
    }
    // As the very last byte it ends the record before it.
    if (at + 1 === limit && !final) return endsNothing;
    if (at + 1 === limit || bytes[at + 1] === lineFeed) {
      this.lineEnd = lineFeed;
      this.#next = Math.min(limit, at + 2);
      return endsRecord;
    }
    if (this.lineEnd === lineFeed) return strayReturn;
    this.lineEnd = carriageReturn;
    this.#next = at + 1;
    return endsRecord;
  }

  #isEscapable(byte: number): boolean {
    const { quoteByte, escapeByte, delimiter, recordDelimiter } = this.#dialect;
    if (quoteByte >= 0) return byte === quoteByte || byte === escapeByte;
    if (byte === escapeByte || byte === delimiter[0]) return true;
    return recordDelimiter === undefined
      ? byte === lineFeed || byte === carriageReturn
      : byte === recordDelimiter[0];
  }

  #failed(fault: TextFault, bytes: Uint8Array, at: number, limit: number, final: boolean): ScanResult {
    const { recordDelimiter } = this.#dialect;
    const end = recordDelimiter ?? (this.lineEnd === carriageReturn ? carriageReturnOnly : lineFeedOnly);
    this.fault = fault;
    this.faultAt = at;
    for (let to = at; to < limit; to++) {
      if (bytes[to] !== end[0]) continue;
      const found = matches(bytes, to, limit, end);
      if (found < 0 && !final) return "more";
      if (found !== end.length) continue;
      this.recordEnd = to;
      this.next = to + end.length;
      return "fault";
    }
    if (!final) return "more";
    this.recordEnd = limit;
    this.next = limit;
    return "fault";
  }

  #close(start: number, end: number, flags: number): void {
    const at = this.count * 3;
    if (at + 3 > this.#fields.length) {
      const grown = new Int32Array(this.#fields.length * 2);
      grown.set(this.#fields);
      this.#fields = grown;
    }
    this.#fields[at] = start;
    this.#fields[at + 1] = end;
    this.#fields[at + 2] = flags;
    this.count++;
  }
}

/** How many bytes of a delimiter stand at a place; -1 if the bytes end before it does. */
function matches(bytes: Uint8Array, at: number, limit: number, delimiter: Uint8Array): number {
  for (let index = 1; index < delimiter.length; index++) {
    if (at + index === limit) return -1;
    if (bytes[at + index] !== delimiter[index]) return 0;
  }
  return delimiter.length;
}

type FieldEnd = 0 | 1 | 2 | 3 | 4 | 5;
/** That cannot be told before more bytes are there. */
const endsNothing = 0;
const endsField = 1;
const endsRecord = 2;
const strayReturn = 3;
const strayLineFeed = 4;
/** It is no end. */
const goesOn = 5;

const isQuoted = 1;
const hasEscapes = 2;

const lineFeedOnly: Uint8Array = /*@__PURE__*/ Uint8Array.of(lineFeed);
const carriageReturnOnly: Uint8Array = /*@__PURE__*/ Uint8Array.of(carriageReturn);
