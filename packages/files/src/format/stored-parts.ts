import { crc32 } from "node:zlib";
import { WriterError } from "@maxcompute-tunnel/writer";
import type { StoredPart } from "./format.ts";

/** Compares the parts of a stream that are stored already with what they were, as the stream passes by. */
export class StoredParts {
  readonly #name: string;
  readonly #parts: readonly StoredPart[];
  #index = 0;
  #checksum = 0;
  /** Lines of the part under way; counted by whoever knows what a line is. */
  lines = 0;

  constructor(name: string, parts: readonly StoredPart[]) {
    this.#name = name;
    this.#parts = parts;
  }

  /** The part that comes next, or that is under way. */
  get next(): StoredPart | undefined {
    return this.#parts[this.#index];
  }

  /**
   * Takes bytes that begin inside the next part.
   *
   * @returns how many of them belong to it
   * @throws WriterError `source-changed`
   */
  compare(bytes: Uint8Array, offset: number): number {
    const part = this.next!;
    const own = bytes.subarray(0, part.end - offset);
    this.#checksum = crc32(own, this.#checksum);
    if (offset + own.byteLength < part.end) return own.byteLength;
    if (this.#checksum !== part.sourceChecksum) throw sourceChanged(this.#name, part);
    this.#checksum = 0;
    this.#index += 1;
    return own.byteLength;
  }

  takeLines(): number {
    const { lines } = this;
    this.lines = 0;
    return lines;
  }

  /** @throws WriterError `source-changed` when the stream ended before the parts did */
  end(): void {
    if (this.next !== undefined) throw sourceChanged(this.#name, this.next);
  }

}

/** An input that is not what it was when a part of it was stored. */
export function sourceChanged(name: string, part: Pick<StoredPart, "start" | "end">): WriterError {
  return new WriterError(
    `${name}: bytes ${part.start} to ${part.end} are not what they were when they were stored`,
    { code: "source-changed" },
  );
}
