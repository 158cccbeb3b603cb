import { dirname } from "node:path";
import type { FileSystem } from "./file-system.ts";
import { encodeLine } from "./journal-line.ts";
import { journalHeader, readJournal } from "./read-journal.ts";

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
  const nextPath = `${path}.next`;
  await fileSystem.remove(nextPath);
  let file = await fileSystem.open(path, "append");
  let byteLength = await readJournal(file, path, (entry) => ignoreRefusal(() => apply(entry as Entry)));
  if (byteLength < (await file.size())) {
    await file.truncate(byteLength);
  }
  if (byteLength === 0) {
    const line = encodeLine(journalHeader);
    await file.write(line, 0);
    byteLength = line.length;
  }
  await file.sync();
  await fileSystem.syncDirectory(dirname(path));

  let waiting: Waiting<Entry, Result>[] = [];
  let flushing: Promise<void> | undefined;
  let broken: unknown;
  let compactFrom = compactAtBytes;
  /** Whether the file lies under its name for certain: nothing is acknowledged in one that a crash may take back. */
  let nameDurable = true;

  const writeBatch = async (batch: readonly Waiting<Entry, Result>[]): Promise<void> => {
    if (broken !== undefined) {
      throw broken;
    }
    if (!nameDurable) {
      await fileSystem.syncDirectory(dirname(path));
      nameDurable = true;
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
      // From here on the new file is the journal, whatever else fails.
      const replaced = file;
      file = next;
      byteLength = position;
      nameDurable = false;
      await replaced.close();
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

function* compactedLines<Entry>(entries: Iterable<Entry>): Generator<unknown> {
  yield journalHeader;
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
