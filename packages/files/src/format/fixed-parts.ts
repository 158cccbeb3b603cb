import { crc32 } from "node:zlib";
import { FilesError } from "../errors.ts";
import type { FixedPart } from "./format.ts";

/** What is to be done with the bytes of a stream from some place on, and up to where. */
export interface Stretch {
  readonly end: number;
  /** The fixed part that it is; `undefined` between them. */
  readonly part: FixedPart | undefined;
}

/** Goes along a stream and its fixed parts, and compares those that are stored with what they were. */
export class FixedParts {
  readonly #name: string;
  readonly #parts: readonly FixedPart[];
  #index = 0;
  #checksum = 0;

  constructor(name: string, parts: readonly FixedPart[]) {
    this.#name = name;
    this.#parts = parts;
  }

  /** What comes at an offset. Offsets must not go back. */
  at(offset: number): Stretch {
    let part = this.#parts[this.#index];
    if (part !== undefined && offset >= part.end) {
      this.#index += 1;
      part = this.#parts[this.#index];
    }
    if (part === undefined) return { end: Number.POSITIVE_INFINITY, part: undefined };
    return offset < part.start ? { end: part.start, part: undefined } : { end: part.end, part };
  }

  /**
   * Takes bytes of a part that is stored.
   *
   * @throws FilesError `source-changed` at its end
   */
  pass(part: FixedPart, bytes: Uint8Array, offset: number): void {
    if (part.use === "skip") return;
    this.#checksum = crc32(bytes, this.#checksum);
    if (offset + bytes.byteLength < part.end) return;
    if (this.#checksum !== part.sourceChecksum) throw sourceChanged(this.#name, part);
    this.#checksum = 0;
  }

  /** @throws FilesError `source-changed` when the stream ended before its fixed parts */
  finish(offset: number): void {
    const { part, end } = this.at(offset);
    if (part !== undefined || end !== Number.POSITIVE_INFINITY) {
      throw sourceChanged(this.#name, part ?? this.#parts[this.#index]!);
    }
  }
}

/** An input that is not what it was when a part of it was stored. */
export function sourceChanged(name: string, part: Pick<FixedPart, "start" | "end">): FilesError {
  return new FilesError(
    "source-changed",
    `${name}: what lies at ${part.start} to ${part.end} is not what it was when it was stored`,
    { position: { file: name, byteOffset: part.start } },
  );
}
