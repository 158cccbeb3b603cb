import { addRecords } from "../../kernel/add-records.ts";
import { ByteSink } from "../../wire/byte-sink.ts";
import { RecordTooLarge } from "../../wire/chunked-writer.ts";
import type { PendingText } from "../pending-text.ts";
import type { TextRecords } from "../text-records.ts";
import { refusalOf } from "../text-reject.ts";
import { type KernelLayout, layOut, markersFit, mostRows } from "./kernel-layout.ts";
import { borrowTextKernel, returnTextKernel, type TextKernel, type TextKernelHost } from "./text-kernel.ts";

/** Text is taken in windows of so many bytes, and of four times as many for records that are larger, up to a limit. */
const firstWindow = 128 * 1024;
const largestWindow = 4 * 1024 * 1024;

/** Has the kernel take the records of a text, as far as there is nothing odd about them. */
export class KernelText implements TextKernelHost {
  readonly #records: TextRecords;
  readonly #pending: PendingText;
  /** Whether fields end with one byte each, and quotes inside quotes are written twice. */
  readonly #isSimple: boolean;
  readonly #aside: ByteSink;
  #windowBytes = firstWindow;
  #kernel: TextKernel | undefined;
  #layout: KernelLayout | undefined;
  /** The kernel that has this text's settings, and the window that they are for. */
  #settled: { readonly kernel: TextKernel; readonly windowBytes: number } | undefined;

  constructor(records: TextRecords, pending: PendingText) {
    this.#records = records;
    this.#pending = pending;
    const { delimiter, recordDelimiter, escapeByte } = records.dialect;
    this.#isSimple = delimiter.length === 1 && (recordDelimiter?.length ?? 1) === 1 && escapeByte < 0;
    this.#aside = new ByteSink(64 * 1024, records.maxRecordBytes);
  }

  /** Whether the kernel understands how the text is laid out. */
  static takes(records: TextRecords): boolean {
    return markersFit(records.dialect.nullMarkers);
  }

  /**
   * Takes the next bytes of the text: all of it, or, where a record is too large or there is no kernel, what comes
   * before that.
   *
   * @returns how many bytes were taken; what is left of them is pending.
   */
  push(bytes: Uint8Array): number {
    while (this.#windowBytes < this.#pending.length + 1 && this.#windowBytes < largestWindow)
      this.#windowBytes *= 4;
    if (this.#windowBytes <= this.#pending.length) return 0;
    const kernel = borrowTextKernel(this);
    if (kernel === undefined) return 0;
    this.#kernel = kernel;
    try {
      return this.#fill(kernel, bytes);
    } finally {
      this.#kernel = undefined;
      returnTextKernel(kernel);
    }
  }

  #fill(kernel: TextKernel, bytes: Uint8Array): number {
    const pending = this.#pending;
    if (!this.#settle(kernel)) return 0;
    let { text, textBytes } = this.#layout!;
    let have = pending.length;
    let taken = 0;
    kernel.memory.bytes.set(pending.kept, text);
    for (;;) {
      const more = Math.min(textBytes - have, bytes.length - taken);
      const memory = kernel.memory.bytes;
      memory.set(more === bytes.length ? bytes : bytes.subarray(taken, taken + more), text + have);
      taken += more;
      have += more;
      const used = this.#run(kernel, have);
      if (used > 0) memory.copyWithin(text, text + used, text + have);
      have -= used;
      if (taken === bytes.length) break;
      if (have < textBytes) continue;
      const record = memory.slice(text, text + have);
      if (this.#windowBytes === largestWindow) break;
      this.#windowBytes *= 4;
      if (!this.#settle(kernel)) {
        pending.keep(record);
        return taken;
      }
      ({ text, textBytes } = this.#layout!);
      kernel.memory.bytes.set(record, text);
    }
    pending.keep(kernel.memory.bytes.subarray(text, text + have));
    return taken;
  }

  /** Tells the kernel about this text unless it knows. False when there is no memory for it. */
  #settle(kernel: TextKernel): boolean {
    const windowBytes = this.#windowBytes;
    const known = kernel.host === this && this.#settled?.kernel === kernel;
    if (known && this.#settled?.windowBytes === windowBytes) return true;
    try {
      this.#layout = layOut(kernel, this.#records, windowBytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      kernel.host = undefined;
      return false;
    }
    kernel.host = this;
    this.#settled = { kernel, windowBytes };
    return true;
  }

  /** Takes the whole records among the first bytes of the window. Gives how many bytes those are. */
  #run(kernel: TextKernel, have: number): number {
    const records = this.#records;
    const { text, index, indexEnd } = this.#layout!;
    const { bytes, words, results } = kernel.memory;
    const limit = text + have;
    // Places are those in the kernel's memory from here on.
    records.offset = this.#pending.consumed - text;
    let at = text;
    while (at < limit) {
      const entries = this.#isSimple
        ? kernel.indexLines(at, limit - at, this.#isStrict, index, indexEnd)
        : kernel.indexAny(at, limit - at, index, indexEnd);
      const isOdd = words[results + 1] === 1;
      const isCut = !isOdd && entries * 4 + 256 >= indexEnd - index - 256;
      const next = this.#encode(kernel, at, limit, entries);
      const progress = next > at;
      at = next;
      if (isOdd || (isCut && !progress)) {
        if (!records.takeOne(bytes, at, limit, false)) break;
        at = records.scanner.next;
      } else if (!isCut) break;
    }
    const from = records.uncountedFrom;
    if (at > from) records.addLines(at, kernel.countBytes(from, at - from, records.lineEndByte));
    this.#pending.consumed = records.offset + at;
    return at - text;
  }

  get #isStrict(): 0 | 1 {
    return this.#records.dialect.recordDelimiter === undefined ? 1 : 0;
  }

  /** Encodes indexed records, the odd ones among them without the kernel. Gives where they end. */
  #encode(kernel: TextKernel, at: number, limit: number, entries: number): number {
    const records = this.#records;
    const { body } = records;
    const { index, ends, out, outEnd } = this.#layout!;
    const { bytes, words, results } = kernel.memory;
    const last = index + entries * 4;
    let start = 0;
    let entry = index;
    for (;;) {
      const rows = kernel.encodeText(at, start, entry, last, out, outEnd, ends, mostRows, body.packCrc);
      start = words[results + 1]!;
      entry = words[results + 2]!;
      const length = words[results + 3]!;
      records.blankLines += words[results + 4]!;
      const status = words[results + 5]!;
      if (rows > 0) {
        body.packCrc = words[results]! | 0;
        addRecords(
          body.sink,
          bytes.subarray(out, out + length),
          words.subarray(ends >> 2, (ends >> 2) + rows),
        );
        body.recordCount += rows;
        records.seen += rows;
      }
      if (status === 0) return at + start;
      if (status === 1 && rows > 0) continue;
      if (!records.takeOne(bytes, at + start, limit, false)) return at + start;
      start = records.scanner.next - at;
    }
  }

  writeField(column: number, at: number, length: number, out: number, room: number, state: number): number {
    const { memory } = this.#kernel!;
    const sink = this.#aside;
    sink.crc = state;
    try {
      this.#records.encoder.writeText(sink, column, memory.bytes, at, at + length);
      const written = sink.recordBytes;
      if (written > room) return -2;
      memory.bytes.set(sink.buf.subarray(sink.pos - written, sink.pos), out);
      memory.words[memory.results] = sink.crc;
      return written;
    } catch (error) {
      if (error instanceof RecordTooLarge || refusalOf(error) !== undefined) return -1;
      throw error;
    } finally {
      sink.dropRecord();
    }
  }

  offsetOfDay(day: number): number {
    return this.#records.rules.timeZone.offsetOfDay(day) ?? 2 ** 31 - 1;
  }
}
