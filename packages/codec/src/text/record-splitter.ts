import { CodecError } from "../errors.ts";
import type { EngineOptions } from "../record/options.ts";
import { carriageReturn, type DialectBytes, lineFeed, resolveDialect, type TextDialect } from "./dialect.ts";
import { type KernelSplit, withSplitKernel } from "./kernel/kernel-split.ts";
import { isEnd, type LineSplit, splitBytes, splitsByParity } from "./scan/line-split.ts";
import { RecordScanner } from "./scan/record-scanner.ts";

/** A place where a record begins, and what lies before it. */
export interface RecordCut {
  /** Byte offset in all that was pushed. */
  readonly offset: number;
  /** Records before it, blank lines and malformed records among them. */
  readonly records: number;
  /** Line ends before it. */
  readonly lines: number;
}

/** How a {@link RecordSplitter} cuts. */
export interface RecordSplitterOptions extends EngineOptions {
  /** Cut at the first record end at or behind each multiple of so many bytes. @default no cuts */
  readonly cutEvery?: number;
}

/**
 * Finds where records end without looking at their fields, to cut a text into ranges that can be read apart from each
 * other. It sees records as {@link TextPack} does, malformed ones too.
 */
export class RecordSplitter {
  /** Where the text was cut, in order. */
  readonly cuts: RecordCut[] = [];
  readonly #dialect: DialectBytes;
  readonly #usesKernel: boolean;
  readonly #byParity: boolean;
  readonly #cutEvery: number;
  readonly #scanner: RecordScanner;
  /** Bytes that wait for the first line end, or, where records are scanned, for the end of theirs. */
  #waiting: Uint8Array = new Uint8Array(0);
  #lookAt = 0;
  #offset = 0;
  #records = 0;
  #lines = 0;
  #lastEnd = 0;
  #state = isEnd;
  /** Inside a malformed record, which reaches to the next line end. */
  #isSkipping = false;
  #nextCut: number;

  /** @throws CodecError `invalid-option` */
  constructor(dialect: TextDialect = {}, options: RecordSplitterOptions = {}) {
    const { cutEvery = Number.POSITIVE_INFINITY } = options;
    if (!(cutEvery >= 1)) {
      throw new CodecError("invalid-option", `Expected cutEvery to be at least 1, got ${cutEvery}`);
    }
    this.#dialect = resolveDialect(dialect);
    this.#usesKernel = options.kernel !== "js";
    this.#byParity = splitsByParity(this.#dialect);
    this.#cutEvery = cutEvery;
    this.#nextCut = cutEvery;
    this.#scanner = new RecordScanner(this.#dialect);
  }

  /** Bytes pushed so far. */
  get byteLength(): number {
    return this.#offset + this.#waiting.length;
  }

  /** Records that have ended so far, blank lines and malformed records among them. */
  get records(): number {
    return this.#records;
  }

  /** Line ends so far, inside quotes and out. */
  get lines(): number {
    return this.#lines;
  }

  /** Where the last record ended. */
  get lastRecordEnd(): number {
    return this.#lastEnd;
  }

  /** What the lines end with, once that is known. */
  get lineEnd(): "lf" | "cr" | undefined {
    const { lineEnd } = this.#scanner;
    return lineEnd === 0 ? undefined : lineEnd === carriageReturn ? "cr" : "lf";
  }

  /** Looks at the next bytes. They may be used again afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#byParity && this.#waiting.length === 0 && this.#lineEndByte !== 0) this.#split(bytes);
    else this.#wait(bytes);
  }

  /** Says that no bytes follow, so that a last record without a delimiter counts. */
  end(): void {
    if (this.#byParity && this.#lineEndByte !== 0) this.#splitWaiting();
    else this.#scan(true);
    if (this.#lastEnd === this.byteLength) return;
    this.#records++;
    this.#lastEnd = this.byteLength;
  }

  get #lineEndByte(): number {
    return this.#dialect.recordDelimiter?.[0] ?? this.#scanner.lineEnd;
  }

  #wait(bytes: Uint8Array): void {
    const waiting = new Uint8Array(this.#waiting.length + bytes.length);
    waiting.set(this.#waiting);
    waiting.set(bytes, this.#waiting.length);
    this.#waiting = waiting;
    if (waiting.length < this.#lookAt) return;
    if (this.#byParity) {
      const known = this.#lineEndByte !== 0;
      if (!known) this.#scanner.scan(waiting, 0, waiting.length, false);
      if (this.#lineEndByte === 0) this.#lookAt = waiting.length * 2;
      else this.#splitWaiting();
    } else {
      this.#scan(false);
    }
  }

  #splitWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = new Uint8Array(0);
    this.#lookAt = 0;
    if (waiting.length > 0) this.#split(waiting);
  }

  #split(bytes: Uint8Array): void {
    if (!this.#usesKernel || bytes.length < bytesWorthKernel) this.#splitWith(bytes, undefined);
    else withSplitKernel(this.#dialect, this.#lineEndByte, (kernel) => this.#splitWith(bytes, kernel));
  }

  #splitWith(bytes: Uint8Array, kernel: KernelSplit | undefined): void {
    const lineEnd = this.#lineEndByte;
    const look = (from: number, part: Uint8Array): LineSplit =>
      kernel === undefined
        ? splitBytes(this.#dialect, lineEnd, part, from, this.#state)
        : kernel.split(part, from, this.#state);
    for (let at = 0; at < bytes.length; ) {
      if (this.#isSkipping) {
        const end = bytes.indexOf(lineEnd, at) + 1;
        const passed = (end === 0 ? bytes.length : end) - at;
        at += passed;
        this.#offset += passed;
        if (end === 0) continue;
        this.#isSkipping = false;
        this.#state = isEnd;
        this.#records++;
        this.#lines++;
        this.#recordEnded(this.#offset);
        continue;
      }
      const part = bytes.subarray(at);
      const wanted = Math.max(0, this.#nextCut - this.#offset);
      let found = look(wanted, part);
      // Counts are wanted as they are at the cut.
      if (found.first > 0 && found.first !== found.looked)
        found = look(wanted, part.subarray(0, found.first));
      this.#records += found.records;
      this.#lines += found.lines;
      this.#state = found.state;
      this.#isSkipping = found.isOdd;
      if (found.last > 0) this.#recordEnded(this.#offset + found.last);
      at += found.looked;
      this.#offset += found.looked;
    }
  }

  /** The records and lines counted are those before the end, if it is behind the place of the next cut. */
  #recordEnded(end: number): void {
    this.#lastEnd = end;
    if (end < this.#nextCut) return;
    this.cuts.push({ offset: end, records: this.#records, lines: this.#lines });
    this.#nextCut = (Math.floor(end / this.#cutEvery) + 1) * this.#cutEvery;
  }

  /** The way of texts whose records cannot be told by quotes alone. */
  #scan(final: boolean): void {
    const scanner = this.#scanner;
    const bytes = this.#waiting;
    let at = 0;
    for (;;) {
      const found = scanner.scan(bytes, at, bytes.length, final);
      if (found === "more" || found === "none") break;
      const lineEnd = scanner.lineEnd === carriageReturn ? carriageReturn : lineFeed;
      const record = bytes.subarray(at, scanner.next);
      for (let line = record.indexOf(lineEnd); line >= 0; line = record.indexOf(lineEnd, line + 1))
        this.#lines++;
      at = scanner.next;
      this.#records++;
      this.#recordEnded(this.#offset + at);
    }
    this.#offset += at;
    this.#waiting = bytes.slice(at);
    this.#lookAt = this.#waiting.length > 65_536 ? this.#waiting.length * 2 : 0;
  }
}

const bytesWorthKernel = 4096;
