import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * The few file operations that journals are made of. Pass your own to test what a full or broken disk does.
 *
 * What is created is for its owner only: files have mode 0600, directories 0700.
 */
export interface JournalFileSystem {
  /** `read` wants the file to exist, `append` creates it where needed, `create` wants it not to exist. */
  open(path: string, mode: "read" | "append" | "create"): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is fine. */
  remove(path: string): Promise<void>;
  list(directory: string): Promise<readonly string[]>;
  /** Makes a directory, and those it lies in, where they are not there. */
  makeDirectory(path: string): Promise<void>;
  /** Makes created, renamed and removed names of a directory durable. */
  syncDirectory(path: string): Promise<void>;
}

/** A file that is read or written at offsets chosen by the caller. */
export interface JournalFile {
  size(): Promise<number>;
  /** Fills `target` from `position` and returns how many bytes there were; fewer only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes all of `bytes` at `position`. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Waits until content and length are on disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The machine's own files. */
export const nodeFileSystem: JournalFileSystem = {
  async open(path, mode) {
    return wrap(await fs.open(path, flags[mode], 0o600));
  },
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { force: true }),
  list: (directory) => fs.readdir(directory),
  async makeDirectory(path) {
    const topmost = await fs.mkdir(path, { recursive: true, mode: 0o700 });
    if (topmost === undefined) return;
    for (let made = resolve(path); ; made = dirname(made)) {
      await syncDirectory(dirname(made));
      if (made === resolve(topmost)) return;
    }
  },
  syncDirectory,
};

/** Everything a file holds, if that is no more than `limitBytes`. */
export async function readWhole(file: JournalFile, limitBytes: number): Promise<Uint8Array | undefined> {
  const size = await file.size();
  if (size > limitBytes) return undefined;
  const bytes = new Uint8Array(size);
  return bytes.subarray(0, await file.read(bytes, 0));
}

// "r+" cannot create and "a" cannot write at an offset, so that the flags are asked for by number.
const flags = {
  read: constants.O_RDONLY,
  append: constants.O_RDWR | constants.O_CREAT,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const;

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot sync a directory; its file systems journal names themselves.
  if (process.platform === "win32") return;
  const directory = await fs.open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function wrap(file: fs.FileHandle): JournalFile {
  return {
    size: async () => (await file.stat()).size,
    async read(target, position) {
      let filled = 0;
      while (filled < target.length) {
        const { bytesRead } = await file.read(target, filled, target.length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    async write(bytes, position) {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
        written += bytesWritten;
      }
    },
    truncate: (length) => file.truncate(length),
    sync: () => file.datasync(),
    close: () => file.close(),
  };
}
