import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { FilesError } from "../errors.ts";
import { explainReadError } from "./explain-read-error.ts";
import type { FileState } from "./found-input.ts";

/**
 * A file that is read by position while it must not change.
 *
 * Pieces come in buffers that are used again: each holds until the next but one is asked for.
 */
export class FileReader {
  readonly name: string;
  readonly #state: FileState;
  readonly #handle: FileHandle;

  private constructor(name: string, state: FileState, handle: FileHandle) {
    this.name = name;
    this.#state = state;
    this.#handle = handle;
  }

  /** @throws FilesError `file-changed` if the file is not in this state; or that it cannot be read */
  static async open(name: string, path: string, state: FileState): Promise<FileReader> {
    const handle = await open(path).catch((error: unknown) => {
      throw explainReadError(name, error);
    });
    const reader = new FileReader(name, state, handle);
    try {
      await reader.checkUnchanged();
    } catch (error) {
      await handle.close();
      throw error;
    }
    return reader;
  }

  get size(): number {
    return this.#state.size;
  }

  /** The bytes from `start` to `end` in pieces of `pieceBytes`, the last one shorter; the next is read meanwhile. */
  async *pieces(
    start: number,
    end: number,
    pieceBytes: number,
    buffers: PieceBuffers,
  ): AsyncGenerator<Uint8Array> {
    let at = start;
    const begin = (): Promise<Uint8Array> => {
      const bytes = Math.min(pieceBytes, end - at);
      const piece = this.#fill(buffers.next(pieceBytes), at, bytes);
      at += bytes;
      // A failure is reported when the piece is asked for, not as an unhandled rejection before.
      piece.catch(() => undefined);
      return piece;
    };
    if (at >= end) return;
    let pending: Promise<Uint8Array> | undefined = begin();
    try {
      while (pending !== undefined) {
        const piece: Uint8Array = await pending;
        pending = at < end ? begin() : undefined;
        yield piece;
      }
    } finally {
      // The buffer is still being written to.
      await pending?.catch(() => undefined);
    }
  }

  /** Some bytes at once, blocking; for the few that a message shows. */
  readNow(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, end - start));
    const read = readSync(this.#handle.fd, bytes, 0, bytes.byteLength, start);
    return bytes.subarray(0, read);
  }

  /** @throws FilesError `file-changed` */
  async checkUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.#handle.stat();
    if (size !== this.#state.size || mtimeMs !== this.#state.modifiedMs) throw fileChanged(this.name);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #fill(buffer: Uint8Array, at: number, bytes: number): Promise<Uint8Array> {
    let filled = 0;
    while (filled < bytes) {
      const { bytesRead } = await this.#handle
        .read(buffer, filled, bytes - filled, at + filled)
        .catch((error: unknown) => {
          throw explainReadError(this.name, error);
        });
      if (bytesRead === 0) throw fileChanged(this.name);
      filled += bytesRead;
    }
    return buffer.subarray(0, bytes);
  }
}

/** Two buffers that take turns: one is read into while the other is worked on. */
export class PieceBuffers {
  #buffers: Uint8Array[] = [];

  next(bytes: number): Uint8Array {
    const buffer = this.#buffers.length < 2 ? undefined : this.#buffers.shift();
    const fitting = buffer !== undefined && buffer.byteLength >= bytes ? buffer : new Uint8Array(bytes);
    this.#buffers.push(fitting);
    return fitting;
  }
}

/** A file was written to since it was found. */
export function fileChanged(name: string): FilesError {
  return new FilesError("file-changed", `${name}: the file changed while it was being read.`, {
    position: { file: name },
  });
}
