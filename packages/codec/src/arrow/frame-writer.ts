import { CodecError } from "../errors.ts";
import { type EngineOptions, positive } from "../record/options.ts";
import { crc32cOfBoth, crcShift } from "../wire/crc32c-combine.ts";
import { joinBytes } from "../wire/join-bytes.ts";
import { type RunChecksum, runChecksum } from "./kernel/run-checksum.ts";

/** How Arrow bytes are framed. */
export interface ArrowFrameOptions extends EngineOptions {
  /** Data bytes between two checksums. @default 65536 */
  readonly chunkBytes?: number;
}

/**
 * Puts checksums between the bytes of Arrow record batches, as Tunnel wants its Arrow bodies: the chunk size, then
 * chunks each followed by its CRC-32C, and the CRC-32C of everything at the end. (protocol: MaxCompute Tunnel,
 * Arrow upload)
 *
 * What to feed are encapsulated RecordBatch messages only: no schema message, no end-of-stream marker, no
 * dictionaries. Where one call's bytes end has no meaning.
 */
export class ArrowFrameWriter {
  readonly #checksumOf: RunChecksum;
  readonly #chunkBytes: number;
  readonly #shiftOfChunk: number;
  /** Checksum and length of the chunk that is open. */
  #chunkCrc = 0;
  #chunkLength = 0;
  /** Checksum of all closed chunks. */
  #closedCrc = 0;
  #started = false;
  #ended = false;

  /** @throws CodecError `invalid-option` when `chunkBytes` is not a whole number of 1 to 2^31 - 1. */
  constructor(options: ArrowFrameOptions = {}) {
    const chunkBytes = positive("chunkBytes", options.chunkBytes ?? 65_536);
    this.#checksumOf = runChecksum(options.kernel);
    this.#chunkBytes = chunkBytes;
    this.#shiftOfChunk = crcShift(chunkBytes);
  }

  /**
   * Frames the next bytes. The arrays returned are views of `payload` with the checksums between them: nothing is
   * copied, so leave `payload` alone until they are sent.
   */
  write(payload: Uint8Array): Uint8Array[] {
    this.#refuseAfterEnd();
    const out: Uint8Array[] = [];
    if (payload.length === 0) return out;
    if (!this.#started) {
      this.#started = true;
      out.push(bigEndian(this.#chunkBytes));
    }
    for (let at = 0; at < payload.length; ) {
      const piece = payload.subarray(at, at + this.#chunkBytes - this.#chunkLength);
      this.#chunkCrc = this.#checksumOf(piece, this.#chunkCrc);
      this.#chunkLength += piece.length;
      at += piece.length;
      out.push(piece);
      if (this.#chunkLength === this.#chunkBytes) out.push(this.#closeChunk());
    }
    return out;
  }

  /** Ends the body: the checksum of everything. Without any data that is the whole body, four zero bytes. */
  end(): Uint8Array[] {
    this.#refuseAfterEnd();
    this.#ended = true;
    return [bigEndian(crc32cOfBoth(this.#closedCrc, this.#chunkCrc, crcShift(this.#chunkLength)))];
  }

  #closeChunk(): Uint8Array {
    const crc = this.#chunkCrc;
    this.#closedCrc = crc32cOfBoth(this.#closedCrc, crc, this.#shiftOfChunk);
    this.#chunkCrc = 0;
    this.#chunkLength = 0;
    return bigEndian(crc);
  }

  #refuseAfterEnd(): void {
    if (this.#ended) throw new CodecError("wrong-state", "Expected no call after end()");
  }
}

/** Frames a whole Arrow payload into one new array. See {@link ArrowFrameWriter}. */
export function frameArrow(payload: Uint8Array, options: ArrowFrameOptions = {}): Uint8Array {
  const writer = new ArrowFrameWriter(options);
  return joinBytes([...writer.write(payload), ...writer.end()]);
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
