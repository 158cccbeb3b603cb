import { CodecError } from "../errors.ts";
import type { SealedPack } from "../record/pack-body.ts";
import type { ColumnSpec } from "../schema/table-schema.ts";
import { carriageReturn } from "./dialect.ts";
import { KernelText } from "./kernel/kernel-text.ts";
import { PendingText } from "./pending-text.ts";
import type { TextPackOptions } from "./text-options.ts";
import { TextRecords } from "./text-records.ts";

/** The kernel is not loaded for less text. */
const bytesWorthLoading = 4096;
/** So much is looked at to see what lines end with. */
const firstPiece = 1024;

type PackState = "open" | "ended" | "failed";

/**
 * One record pack being built from delimited text: bytes go in, cut anywhere, and bytes come out, without a string for
 * each field. (protocol: MaxCompute Tunnel, record wire format)
 *
 * A record that cannot be a row is left out whole and told to `onReject`; without that, it is thrown, and the pack then
 * takes nothing more. Sealing keeps the record that is not yet whole, so that one instance makes pack after pack of one
 * stream. A header row and a byte order mark are the caller's to take off: see {@link readRecord}.
 */
export class TextPack {
  readonly #records: TextRecords;
  readonly #pending: PendingText;
  readonly #kernelText: KernelText | undefined;
  #state: PackState = "open";

  /** @throws CodecError `invalid-schema`, `invalid-type`, `invalid-option` */
  constructor(columns: readonly ColumnSpec[], options: TextPackOptions = {}) {
    this.#records = new TextRecords(columns, options);
    this.#pending = new PendingText(this.#records);
    if (options.kernel !== "js" && KernelText.takes(this.#records)) {
      this.#kernelText = new KernelText(this.#records, this.#pending);
    }
  }

  /** Rows since the start or the last {@link seal}. */
  get recordCount(): number {
    return this.#records.body.recordCount;
  }

  /** Records that made no row, since the start or the last {@link seal}. */
  get rejectedCount(): number {
    return this.#records.rejectedCount;
  }

  /** Encoded bytes since the start or the last {@link seal}, drained or not. */
  get byteLength(): number {
    return this.#records.body.byteLength;
  }

  /** Bytes of all whole records so far: where in the stream the next record begins. */
  get consumedBytes(): number {
    return this.#pending.consumed;
  }

  /** Line ends in the bytes of all whole records so far. */
  get lines(): number {
    return this.#records.lineEnds;
  }

  /** Blank lines passed over so far. */
  get blankLines(): number {
    return this.#records.blankLines;
  }

  /** What the stream's lines end with, as far as that is known; see {@link TextDialect.lineEnd}. */
  get lineEnd(): "lf" | "cr" | undefined {
    const { lineEnd } = this.#records.scanner;
    return lineEnd === 0 ? undefined : lineEnd === carriageReturn ? "cr" : "lf";
  }

  /**
   * Encodes every record that is whole, and keeps the rest. The bytes may be used again afterwards.
   *
   * @throws CodecError saying line, column, offset and value; `record-too-large` for a record that has no end.
   */
  push(bytes: Uint8Array): void {
    this.#guarded(() => this.#take(bytes));
  }

  /** Says that no bytes follow, so that a last record without a delimiter counts. */
  end(): void {
    this.#guarded(() => this.#pending.end());
    this.#state = "ended";
  }

  /** Hands over the bytes encoded since the last drain, for sending a block while it is being built. */
  drain(): Uint8Array[] {
    return this.#records.body.drain();
  }

  /** Ends the pack with its footer and hands over all that was not drained. */
  seal(): SealedPack {
    this.#records.rejectedCount = 0;
    return this.#records.body.seal({});
  }

  #take(bytes: Uint8Array): void {
    const pending = this.#pending;
    const kernel = this.#kernelText;
    let rest = bytes;
    if (kernel !== undefined && pending.length + bytes.length >= bytesWorthLoading) {
      // The first record tells what the text's lines end with.
      while (!this.#records.knowsRecordEnds && rest.length > 0) {
        pending.push(rest.subarray(0, firstPiece));
        rest = rest.subarray(firstPiece);
      }
      if (pending.waits(rest)) return;
      rest = rest.subarray(kernel.push(rest));
    }
    if (rest.length > 0) pending.push(rest);
  }

  #guarded(work: () => void): void {
    if (this.#state !== "open") {
      throw new CodecError("wrong-state", `Expected a text that goes on, got one that has ${this.#state}`);
    }
    // Until it is done without an error; also while a reject is being told.
    this.#state = "failed";
    work();
    this.#state = "open";
  }
}
