import { crc32 } from "node:zlib";
import { isCodecError, type SealedPack, type TextRowReject } from "@maxcompute-tunnel/codec/text";
import { FilesError } from "../errors.ts";
import { type BlockBytes, openBlockBytes } from "./block-bytes.ts";
import type { EncodeContext, EncodedBlock, EncodedReject } from "./format.ts";
import type { TextRows } from "./text-layout.ts";

/** What a {@link BlockMaker} is made of. */
export interface BlockMakerParts {
  readonly context: EncodeContext;
  /** The input's name. */
  readonly file: string;
  /** Offset in the input of the first byte that will be pushed. */
  readonly start: number;
  readonly rejectLimit: number;
  readonly open: (onReject: (reject: TextRowReject) => void) => TextRows;
  /** Bytes of the input that were pushed lately. */
  readonly bytesOf: (start: number, end: number) => Uint8Array;
}

/** Thrown to leave a pack that has rejected more than the whole load may. */
class GaveUp extends Error {
  override readonly name = "GaveUp";
}

/** Makes blocks of text that comes piece by piece: encodes, checks what was read, and notes what was left out. */
export class BlockMaker {
  readonly #parts: BlockMakerParts;
  readonly #pack: TextRows;
  #rejects: EncodedReject[] = [];
  #rejectsLeft: number;
  /** Bytes pushed. */
  #pushed = 0;
  /** Checksum of the block's bytes as far as its whole records go, and of all that was pushed for it. */
  #checksum = 0;
  #checksumOfAll = 0;
  /** Where the block begins, counted from `start`: bytes, records and lines. */
  #blockStart = 0;
  #recordsBefore = 0;
  #linesBefore = 0;
  #readBytes = 0;
  #encodeMs = 0;
  #gaveUp = false;
  #body: BlockBytes;

  constructor(parts: BlockMakerParts) {
    this.#parts = parts;
    this.#pack = parts.open((reject) => this.#note(reject));
    this.#rejectsLeft = parts.rejectLimit;
    this.#body = openBlockBytes(parts.context);
  }

  /** Where the whole records end so far, in the input. */
  get consumed(): number {
    return this.#parts.start + this.#pack.consumedBytes;
  }

  get encodedBytes(): number {
    return this.#pack.byteLength;
  }

  /** Whether more was rejected than the whole load may: nothing more is taken. */
  get gaveUp(): boolean {
    return this.#gaveUp;
  }

  /** Counts bytes read for the block, before unpacking. */
  noteRead(bytes: number): void {
    this.#readBytes += bytes;
  }

  /** Takes the next bytes; they may be used again afterwards. Waits for the compressor, if there is one. */
  push(bytes: Uint8Array): Promise<void> | undefined {
    const before = this.#pushed;
    this.#pushed += bytes.byteLength;
    const began = performance.now();
    if (!this.#guarded(() => this.#pack.push(bytes))) return undefined;
    this.#encodeMs += performance.now() - began;
    const whole = this.#pack.consumedBytes - before;
    if (whole >= 0) {
      this.#checksum = crc32(bytes.subarray(0, whole), this.#checksumOfAll);
      this.#checksumOfAll = crc32(bytes.subarray(whole), this.#checksum);
    } else {
      this.#checksumOfAll = crc32(bytes, this.#checksumOfAll);
    }
    return this.#body.add(this.#pack);
  }

  /** Says that the input ends here: a last record needs no line end. */
  end(): void {
    if (this.#guarded(() => this.#pack.end())) this.#checksum = this.#checksumOfAll;
  }

  /**
   * Ends the block after its last whole record.
   *
   * @param tail the bytes pushed behind that record: the next block begins with them
   */
  async seal(tail: Uint8Array): Promise<EncodedBlock> {
    const { start } = this.#parts;
    const { lines, consumedBytes, rejectedCount } = this.#pack;
    const rows = this.#pack.recordCount;
    const sealed: SealedPack = this.#pack.seal();
    const body = await this.#body.finish(sealed.chunks as readonly Uint8Array<ArrayBuffer>[]);
    const block: EncodedBlock = {
      start: start + this.#blockStart,
      end: start + consumedBytes,
      ...body,
      rows,
      lines: lines - this.#linesBefore,
      checksum: sealed.checksum,
      sourceChecksum: this.#checksum,
      readBytes: this.#readBytes,
      rejects: this.#rejects,
      encodeMs: this.#encodeMs,
    };
    this.#blockStart = consumedBytes;
    this.#recordsBefore += rows + rejectedCount;
    this.#linesBefore = lines;
    this.#rejects = [];
    this.#readBytes = 0;
    this.#encodeMs = 0;
    this.#checksum = 0;
    this.#checksumOfAll = crc32(tail);
    this.#body = openBlockBytes(this.#parts.context);
    return block;
  }

  /** Gives up what was begun. */
  abort(): void {
    this.#body.abort();
  }

  #guarded(work: () => void): boolean {
    if (this.#gaveUp) return false;
    try {
      work();
    } catch (error) {
      if (!(error instanceof GaveUp)) throw this.#located(error);
      this.#gaveUp = true;
    }
    return !this.#gaveUp;
  }

  /** What makes the rest of a text unreadable, with its place. */
  #located(error: unknown): unknown {
    if (!isCodecError(error)) return error;
    const { file, start } = this.#parts;
    const byteOffset = start + (error.offset ?? this.#pack.consumedBytes);
    const message = error.message.replace(/^line \d+: /, "");
    return new FilesError("malformed", `${file}: at byte ${byteOffset}: ${message}`, {
      position: { file, byteOffset },
    });
  }

  #note(reject: TextRowReject): void {
    if (this.#rejectsLeft <= 0) throw new GaveUp();
    this.#rejectsLeft -= 1;
    const { start, bytesOf } = this.#parts;
    const raw = bytesOf(start + reject.recordStart, start + reject.recordEnd);
    const before = raw.subarray(0, Math.max(0, reject.offset - reject.recordStart));
    this.#rejects.push({
      record: reject.row - this.#recordsBefore,
      line: reject.line - 1 - this.#linesBefore,
      character: charactersOfLine(before) + 1,
      byteOffset: start + reject.offset,
      column: reject.column,
      code: reject.code,
      reason: reject.reason,
      value: reject.value,
      raw: new TextDecoder().decode(raw.subarray(0, rawLimit)),
    });
  }
}

/** How many characters there are behind the last line end. */
function charactersOfLine(bytes: Uint8Array): number {
  const text = new TextDecoder().decode(bytes.subarray(bytes.lastIndexOf(0x0a) + 1));
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A record is shown whole unless it is very long. */
const rawLimit = 1024 * 1024;
