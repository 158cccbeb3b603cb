import { closeSync, constants, openSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { explainReadError } from "./explain-read-error.ts";
import type { FoundInput } from "./found-input.ts";

/**
 * A pipe or standard input: read once, on the main thread, because a thread that waits for a silent pipe cannot be
 * ended. Its beginning may be looked at before it is read.
 */
export class PipeReader {
  readonly #input: FoundInput;
  readonly #signal: AbortSignal;
  #head: Uint8Array[] | undefined;
  #chunks: AsyncGenerator<Uint8Array> | undefined;

  constructor(input: FoundInput, signal: AbortSignal) {
    this.#input = input;
    this.#signal = signal;
  }

  /** The first bytes: at least as many as asked for, unless the pipe has fewer. They stay in the pipe. */
  async peek(bytes: number): Promise<Uint8Array> {
    this.#head ??= [];
    this.#chunks ??= this.#read();
    for (let held = lengthOf(this.#head); held < bytes; held = lengthOf(this.#head)) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      this.#head.push(next.value);
    }
    return Buffer.concat(this.#head);
  }

  /** All bytes, those that were looked at included. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    this.#chunks ??= this.#read();
    for (const chunk of this.#head ?? []) yield chunk;
    this.#head = [];
    yield* this.#chunks;
  }

  #read(): AsyncGenerator<Uint8Array> {
    return this.#input.path === "-" ? standardInput(this.#input.name, this.#signal) : this.#readPipe();
  }

  async *#readPipe(): AsyncGenerator<Uint8Array> {
    const { name, path } = this.#input;
    const signal = this.#signal;
    // Opening a pipe waits for somebody to write into it.
    const opening = open(path).catch((error: unknown) => {
      throw explainReadError(name, error);
    });
    const file = await unlessAborted(opening, signal).catch((error: unknown) => {
      this.#wake();
      void opening.then((late) => late.close()).catch(() => undefined);
      throw error;
    });
    try {
      for (;;) {
        const chunk = await unlessAborted(readChunk(file, name), signal);
        if (chunk.byteLength === 0) return;
        yield chunk;
      }
    } finally {
      if (signal.aborted) this.#wake();
      // Closing waits for a read under way, which on a silent pipe has no end.
      const closing = file.close();
      if (signal.aborted) closing.catch(() => undefined);
      else await closing;
    }
  }

  /**
   * Ends an `open` or `read` of ours that waits until somebody writes into a named pipe: a process cannot leave while
   * one of its threads waits there. What is written is never looked at.
   */
  #wake(): void {
    try {
      const pipe = openSync(this.#input.path, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        writeSync(pipe, "\n");
      } finally {
        closeSync(pipe);
      }
    } catch {
      // Nobody waits (any more), or it is a pipe that cannot be written to.
    }
  }
}

/** Standard input may be a pipe, a file, a terminal or a socket, and the process's own stream knows which. */
async function* standardInput(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  const onAbort = (): void => void stdin.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for await (const chunk of stdin) {
      signal.throwIfAborted();
      yield chunk as Uint8Array;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw explainReadError(name, error);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  signal.throwIfAborted();
}

async function readChunk(file: FileHandle, name: string): Promise<Uint8Array> {
  const buffer = new Uint8Array(chunkBytes);
  try {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw explainReadError(name, error);
  }
}

/** Waits, but no longer than until the abort: nothing else ends a read from a pipe into which nobody writes. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((total, chunk) => total + chunk.byteLength, 0);
}

const chunkBytes = 256 * 1024;
