import { dirname, join } from "node:path";
import { hex, type RandomBytes } from "../server/ids.ts";
import type { FileSystem, OpenFile } from "./file-system.ts";

/** The folder that block files lie in, under names that the emulator makes up. */
export interface BlockFiles {
  /** Begins a file that nobody sees until it is finished. */
  create(): Promise<BlockFileWriter>;
  /** Opens a finished file for reading. */
  open(file: string): Promise<OpenFile>;
  /** Removes files in the background; one that cannot be removed goes with the next start. */
  removeLater(files: readonly string[]): void;
  /** Waits for removals under way. */
  settle(): Promise<void>;
}

/** A block file being written. */
export interface BlockFileWriter {
  /** Appends bytes behind those of earlier calls, done or not; they may be reused once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the file durable under its final name, and returns that. No write may be under way. */
  finish(): Promise<string>;
  /** Gives the file up. */
  discard(): Promise<void>;
}

const finished = ".block";
const unfinished = ".part";

/**
 * Opens the folder and removes what no state refers to: unfinished files, and finished ones whose request was never
 * acknowledged.
 *
 * @returns the folder, and the names in `wanted` that are missing
 */
export async function openBlockFiles(options: {
  readonly fileSystem: FileSystem;
  readonly directory: string;
  readonly wanted: ReadonlySet<string>;
  /** Names files. */
  readonly randomBytes: RandomBytes;
}): Promise<{ readonly files: BlockFiles; readonly missing: readonly string[] }> {
  const { fileSystem, directory, wanted, randomBytes } = options;
  await fileSystem.makeDirectory(directory);
  await fileSystem.syncDirectory(dirname(directory));
  const present = new Set<string>();
  for (const name of await fileSystem.list(directory)) {
    const id = name.endsWith(finished) ? name.slice(0, -finished.length) : undefined;
    if (id !== undefined && wanted.has(id)) {
      present.add(id);
    } else if (id !== undefined || name.endsWith(unfinished)) {
      await fileSystem.remove(join(directory, name));
    }
  }
  const removals = new Set<Promise<void>>();
  const files: BlockFiles = {
    async create() {
      const id = hex(randomBytes(16));
      const path = join(directory, id + unfinished);
      const file = await fileSystem.open(path, "create");
      let position = 0;
      return {
        async write(bytes) {
          const at = position;
          position += bytes.length;
          await file.write(bytes, at);
        },
        async finish() {
          await file.sync();
          await file.close();
          await fileSystem.rename(path, join(directory, id + finished));
          await fileSystem.syncDirectory(directory);
          return id;
        },
        async discard() {
          await file.close().catch(() => undefined);
          await fileSystem.remove(path).catch(() => undefined);
          // It may have its final name already, when making that durable is what failed.
          await fileSystem.remove(join(directory, id + finished)).catch(() => undefined);
        },
      };
    },
    open: (id) => fileSystem.open(join(directory, id + finished), "read"),
    removeLater(ids) {
      for (const id of ids) {
        const removal = fileSystem
          .remove(join(directory, id + finished))
          .catch(() => undefined)
          .finally(() => removals.delete(removal));
        removals.add(removal);
      }
    },
    async settle() {
      await Promise.all(removals);
    },
  };
  return { files, missing: [...wanted].filter((id) => !present.has(id)) };
}
