import { dirname } from "node:path";
import { EmulatorError } from "../errors.ts";
import type { FileSystem, OpenFile } from "./file-system.ts";
import { decodeLine, encodeLine } from "./journal-line.ts";

/**
 * An append-only file of entries that are durable before anybody learns of them.
 *
 * A line holds every entry of one write, so a write that was cut off leaves one damaged line at the end, which
 * holds nothing that was acknowledged and is dropped on opening.
 */
export interface Journal<Entry, Result> {
  /** Bytes in the file. */
  readonly byteLength: number;
  /**
   * Writes and syncs an entry, applies it, and resolves with what applying gave.
   *
   * Entries that come while a write is under way share the next one. When writing fails nothing is applied and the
   * file is cut back to its last whole line.
   */
  append(entry: Entry): Promise<Result>;
  /** Waits for what was appended, then closes the file. */
  close(): Promise<void>;
}

export interface JournalOptions<Entry, Result> {
  readonly fileSystem: FileSystem;
  readonly path: string;
  /** Takes an entry over, in file order. A thrown error is the result of `append`. */
  readonly apply: (entry: Entry) => Result;
  /** Entries that give the present state; asked for when the file has grown enough to be written anew. */
  readonly snapshot: () => Iterable<Entry>;
  /** The file is written anew when it is this large and four times what it was afterwards. @default 8 MiB */
  readonly compactAtBytes?: number;
  /** Told when writing anew failed; the journal goes on as it is. */
  readonly onCompactionFailed?: (error: unknown) => void;
}

const header = { journal: "mctunnel-emulator", format: 1 };
const readBytes = 1024 * 1024;

interface Waiting<Entry, Result> {
  readonly entry: Entry;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Opens a journal, makes it where there is none, and applies what it holds.
 *
 * @throws EmulatorError `journal-corrupt` when a line other than the last is damaged
 */
export async function openJournal<Entry, Result>(
  options: JournalOptions<Entry, Result>,
): Promise<Journal<Entry, Result>> {
  const { fileSystem, path, apply, snapshot } = options;
  const compactAtBytes = options.compactAtBytes ?? 8 * 1024 * 1024;
  let file = await fileSystem.open(path, "append");
  let byteLength = await replay(file, path, (entry) => ignoreRefusal(() => apply(entry as Entry)));
  if (byteLength < (await file.size())) {
    await file.truncate(byteLength);
  }
  if (byteLength === 0) {
    const line = encodeLine(header);
    await file.write(line, 0);
    byteLength = line.length;
  }
  await file.sync();
  await fileSystem.syncDirectory(dirname(path));

  let waiting: Waiting<Entry, Result>[] = [];
  let flushing: Promise<void> | undefined;
  let broken: unknown;
  let compactFrom = compactAtBytes;

  const writeBatch = async (batch: readonly Waiting<Entry, Result>[]): Promise<void> => {
    if (broken !== undefined) {
      throw broken;
    }
    const line = encodeLine(batch.map(({ entry }) => entry));
    try {
      await file.write(line, byteLength);
      await file.sync();
    } catch (error) {
      try {
        await file.truncate(byteLength);
        await file.sync();
      } catch (cause) {
        broken = new Error("The journal could not be cut back after a failed write; restart the emulator", {
          cause,
        });
      }
      throw error;
    }
    byteLength += line.length;
  };

  const compact = async (): Promise<void> => {
    const nextPath = `${path}.next`;
    try {
      await fileSystem.remove(nextPath);
      const next = await fileSystem.open(nextPath, "create");
      let position = 0;
      try {
        for (const value of compactedLines(snapshot())) {
          const line = encodeLine(value);
          await next.write(line, position);
          position += line.length;
        }
        await next.sync();
        await fileSystem.rename(nextPath, path);
      } catch (error) {
        await next.close();
        throw error;
      }
      await file.close();
      file = next;
      byteLength = position;
      await fileSystem.syncDirectory(dirname(path));
    } catch (error) {
      await fileSystem.remove(nextPath).catch(() => undefined);
      options.onCompactionFailed?.(error);
    }
    compactFrom = Math.max(compactAtBytes, byteLength * 4);
  };

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await writeBatch(batch);
      } catch (error) {
        for (const { reject } of batch) {
          reject(error);
        }
        continue;
      }
      for (const { entry, resolve, reject } of batch) {
        try {
          resolve(apply(entry));
        } catch (error) {
          reject(error);
        }
      }
      if (byteLength >= compactFrom) {
        await compact();
      }
    }
    flushing = undefined;
  };

  return {
    get byteLength() {
      return byteLength;
    },
    append(entry) {
      return new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject });
        flushing ??= flush();
      });
    },
    async close() {
      await flushing;
      await file.close();
    },
  };
}

/** Gives every entry of the file to `take` and returns the length up to the last whole line. */
async function replay(file: OpenFile, path: string, take: (entry: unknown) => void): Promise<number> {
  const size = await file.size();
  let pending: Uint8Array = new Uint8Array(0);
  let position = 0;
  let lineStart = 0;
  let lineNumber = 0;
  let damagedLine = 0;

  const readLine = (line: Uint8Array): void => {
    lineNumber += 1;
    if (damagedLine > 0) {
      throw corrupt(path, damagedLine, "is damaged, and others follow it");
    }
    const decoded = decodeLine(line);
    if (lineNumber === 1) {
      if (JSON.stringify(decoded?.value) !== JSON.stringify(header)) {
        throw foreign(path);
      }
      lineStart += line.length + 1;
    } else if (decoded === undefined) {
      damagedLine = lineNumber;
    } else {
      for (const entry of decoded.value as readonly unknown[]) {
        take(entry);
      }
      lineStart += line.length + 1;
    }
  };

  while (position < size) {
    const chunk = new Uint8Array(Math.min(readBytes, size - position));
    const filled = await file.read(chunk, position);
    if (filled === 0) {
      break;
    }
    position += filled;
    let rest = chunk.subarray(0, filled);
    let newline = rest.indexOf(0x0a);
    while (newline >= 0) {
      readLine(pending.length === 0 ? rest.subarray(0, newline) : joined(pending, rest.subarray(0, newline)));
      pending = new Uint8Array(0);
      rest = rest.subarray(newline + 1);
      newline = rest.indexOf(0x0a);
    }
    pending = pending.length === 0 ? rest : joined(pending, rest);
  }
  if (lineNumber === 0 && Buffer.compare(pending, encodeLine(header).subarray(0, pending.length)) !== 0) {
    throw foreign(path);
  }
  if (pending.length > 0 && damagedLine > 0) {
    throw corrupt(path, damagedLine, "is damaged, and more follows it");
  }
  return lineStart;
}

function* compactedLines<Entry>(entries: Iterable<Entry>): Generator<unknown> {
  yield header;
  for (const entry of entries) {
    yield [entry];
  }
}

/** What was refused when it happened is refused again, with the same effect: none. */
function ignoreRefusal(apply: () => unknown): void {
  try {
    apply();
  } catch (error) {
    if (!(error instanceof Error && error.name === "Refusal")) {
      throw error;
    }
  }
}

function foreign(path: string): EmulatorError {
  return corrupt(path, 1, "is not the header of a journal this version can read");
}

function corrupt(path: string, line: number, problem: string): EmulatorError {
  return new EmulatorError("journal-corrupt", `Journal ${path}: line ${line} ${problem}`);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first, 0);
  whole.set(second, first.length);
  return whole;
}
