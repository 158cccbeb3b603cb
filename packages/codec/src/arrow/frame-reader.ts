import { CodecError } from "../errors.ts";
import type { EngineOptions } from "../record/options.ts";
import { PendingBytes } from "../record/pending-bytes.ts";
import { crc32cOfBoth, crcShift } from "../wire/crc32c-combine.ts";
import { joinBytes } from "../wire/join-bytes.ts";
import { type RunChecksum, runChecksum } from "./kernel/run-checksum.ts";

/** How framed Arrow bytes are read. */
export interface ArrowFrameReaderOptions extends EngineOptions {
  /** Largest chunk size that a body may announce: this much is buffered. @default 67108864 (64 MiB) */
  readonly maxChunkBytes?: number;
}

/**
 * Takes the checksums out of a framed Arrow body and checks them. Only bytes whose checksum was seen and right are
 * given out; the last ones come from {@link ArrowFrameReader.end}. (protocol: MaxCompute Tunnel, Arrow upload)
 */
export class ArrowFrameReader {
  readonly #checksumOf: RunChecksum;
  readonly #maxChunkBytes: number;
  #chunkBytes: number | undefined;
  #shiftOfChunk = 0;
  #totalCrc = 0;
  /** Bytes that wait for the checksum behind them: fewer than a chunk and its checksum. */
  readonly #pending: PendingBytes = new PendingBytes();
  #offset = 0;
  #state: "open" | "ended" | "failed" = "open";

  constructor(options: ArrowFrameReaderOptions = {}) {
    this.#checksumOf = runChecksum(options.kernel);
    this.#maxChunkBytes = options.maxChunkBytes ?? 64 * 1024 * 1024;
  }

  /**
   * Takes the next bytes of the body and gives the payload bytes that are now known to be right, as arrays of their
   * own.
   *
   * @throws CodecError `bad-chunk-size`, `checksum-mismatch`. A reader that threw cannot go on.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    this.#refuseUnlessOpen();
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const wanted = this.#chunkBytes === undefined ? 4 : this.#chunkBytes + 4;
      const take = Math.min(wanted - this.#pending.length, bytes.length - at);
      this.#pending.append(bytes.subarray(at, at + take), wanted);
      this.#offset += take;
      at += take;
      if (this.#pending.length < wanted) break;
      // The four bytes that open a body without data are its total checksum: only more bytes tell them from a size.
      if (this.#chunkBytes === undefined) {
        if (at === bytes.length) break;
        this.#readChunkSize();
      } else {
        out.push(this.#closeChunk(this.#chunkBytes));
      }
    }
    return out;
  }

  /**
   * Ends the body and gives the payload bytes of its last, shorter chunk.
   *
   * @throws CodecError `truncated`, `total-checksum-mismatch`.
   */
  end(): Uint8Array[] {
    this.#refuseUnlessOpen();
    const length = this.#pending.length - 4;
    if (length < 0) {
      throw this.#fail("truncated", `Expected ${-length} more bytes of the total checksum, got the end`);
    }
    const data = this.#pending.bytes.slice(0, length);
    const total = crc32cOfBoth(this.#totalCrc, this.#checksumOf(data), crcShift(length));
    this.#compare("total-checksum-mismatch", "the checksum of all bytes", total, length);
    this.#state = "ended";
    return length === 0 ? [] : [data];
  }

  #readChunkSize(): void {
    const size = this.#word(0);
    if (size < 1 || size > this.#maxChunkBytes) {
      throw this.#fail("bad-chunk-size", `Expected a chunk size of 1 to ${this.#maxChunkBytes}, got ${size}`);
    }
    this.#chunkBytes = size;
    this.#shiftOfChunk = crcShift(size);
    this.#pending.length = 0;
  }

  #closeChunk(chunkBytes: number): Uint8Array {
    const data = this.#pending.bytes.slice(0, chunkBytes);
    const crc = this.#checksumOf(data);
    this.#compare("checksum-mismatch", "the checksum of the chunk", crc, chunkBytes);
    this.#totalCrc = crc32cOfBoth(this.#totalCrc, crc, this.#shiftOfChunk);
    this.#pending.length = 0;
    return data;
  }

  #compare(
    code: "checksum-mismatch" | "total-checksum-mismatch",
    what: string,
    computed: number,
    at: number,
  ): void {
    const stated = this.#word(at);
    if (stated === computed) return;
    throw this.#fail(code, `Expected ${what} to be ${hex(computed)}, got ${hex(stated)}`, this.#offset - 4);
  }

  #word(at: number): number {
    const { bytes } = this.#pending;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  #fail(
    code: "truncated" | "bad-chunk-size" | "checksum-mismatch" | "total-checksum-mismatch",
    message: string,
    offset: number = this.#offset,
  ): CodecError {
    this.#state = "failed";
    return new CodecError(code, `Arrow body, byte ${offset}: ${message}`, { offset });
  }

  #refuseUnlessOpen(): void {
    if (this.#state !== "open") {
      throw new CodecError("wrong-state", `Expected no call on a reader that has ${this.#state}`);
    }
  }
}

/**
 * Takes a whole framed Arrow body apart into one new array of payload bytes. See {@link ArrowFrameReader}.
 *
 * @throws CodecError `bad-chunk-size`, `checksum-mismatch`, `total-checksum-mismatch`, `truncated`.
 */
export function unframeArrow(framed: Uint8Array, options: ArrowFrameReaderOptions = {}): Uint8Array {
  const reader = new ArrowFrameReader(options);
  return joinBytes([...reader.push(framed), ...reader.end()]);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
