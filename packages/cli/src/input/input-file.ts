import { closeSync, constants, openSync, writeSync } from "node:fs";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { CliError } from "../errors.ts";

/** One input of a load: where bytes come from, and how many there are. */
export interface InputFile {
  /** As it was named on the command line. */
  readonly name: string;
  /** Bytes to come, or `undefined` for a pipe. */
  readonly size: number | undefined;
  /** The file's bytes in order. Each chunk is the caller's to keep. */
  chunks(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Looks at a file before anything is asked of the service: it has to be there, be a file, and be readable.
 *
 * A file that has changed by the time it has been read is refused: its rows would be from two states of it.
 *
 * @throws CliError `file-not-found`, `not-a-file`, `file-unreadable`; while reading, `file-changed` too.
 */
export async function openInputFile(name: string, cwd: string): Promise<InputFile> {
  const path = resolve(cwd, name);
  const found = await stat(path).catch((error: unknown) => {
    throw explain(name, error);
  });
  if (found.isDirectory()) {
    throw new CliError(
      "not-a-file",
      `${name} is a directory; name the files in it, for example ${name.replace(/\/$/, "")}/*.csv.`,
      {
        position: { file: name },
      },
    );
  }
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw explain(name, error);
  });
  const size = found.isFile() ? found.size : undefined;
  return {
    name,
    size,
    async *chunks(signal) {
      // Opening a pipe waits for somebody to write into it.
      const opening = open(path).catch((error: unknown) => {
        throw explain(name, error);
      });
      const file = await unlessAborted(opening, signal).catch((error: unknown) => {
        if (found.isFIFO()) wakeReader(path);
        void opening.then((late) => late.close()).catch(() => undefined);
        throw error;
      });
      try {
        const before = await file.stat();
        if (size !== undefined && (before.size !== found.size || before.mtimeMs !== found.mtimeMs))
          throw changed(name);
        let bytesRead = 0;
        for await (const chunk of readAhead(file, name, signal)) {
          bytesRead += chunk.byteLength;
          yield chunk;
        }
        const after = await file.stat();
        if (size !== undefined && (bytesRead !== size || after.mtimeMs !== found.mtimeMs))
          throw changed(name);
      } finally {
        if (signal.aborted && found.isFIFO()) wakeReader(path);
        // Closing waits for a read under way, which on a silent pipe has no end.
        const closing = file.close();
        if (signal.aborted) closing.catch(() => undefined);
        else await closing;
      }
    },
  };
}

/**
 * Ends an `open` or `read` of ours that waits until somebody writes into a pipe: a process cannot leave while one of
 * its threads waits there. What is written is never looked at.
 */
function wakeReader(path: string): void {
  try {
    const pipe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      writeSync(pipe, "\n");
    } finally {
      closeSync(pipe);
    }
  } catch {
    // Nobody waits (any more), or it is a pipe that cannot be written to.
  }
}

/** Reads the next chunk while the caller works on the one before. */
async function* readAhead(file: FileHandle, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const read = async (): Promise<Uint8Array> => {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    try {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw explain(name, error);
    }
  };
  let pending = read();
  for (;;) {
    const chunk = await unlessAborted(pending, signal);
    if (chunk.byteLength === 0) return;
    pending = read();
    // A failure is reported when the chunk is asked for, not as an unhandled rejection before.
    pending.catch(() => undefined);
    yield chunk;
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

function explain(name: string, error: unknown): CliError {
  const position = { file: name };
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return new CliError("file-not-found", `${name}: there is no such file.`, {
        position,
        cause: error,
        next:
          name === "-"
            ? "Standard input has no name of its own here: say /dev/stdin and a --format."
            : undefined,
      });
    case "EACCES":
    case "EPERM":
      return new CliError("file-unreadable", `${name}: the file may not be read by this user.`, {
        position,
        cause: error,
      });
    case "EISDIR":
      return new CliError("not-a-file", `${name} is a directory.`, { position, cause: error });
    default:
      return new CliError(
        "file-unreadable",
        `${name}: the file cannot be read (${(error as Error).message}).`,
        {
          position,
          cause: error,
        },
      );
  }
}

function changed(name: string): CliError {
  return new CliError("file-changed", `${name}: the file changed while it was being loaded.`, {
    position: { file: name },
    next: "Run the command again once nothing writes to the file.",
  });
}

const chunkBytes = 256 * 1024;
