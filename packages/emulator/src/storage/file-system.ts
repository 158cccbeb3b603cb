import * as fs from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** The few file operations that storage is built from; a test may put its own in front to fill the disk. */
export interface FileSystem {
  /** `read` wants the file to exist, `append` creates it where needed, `create` wants it not to exist. */
  open(path: string, mode: "read" | "append" | "create"): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  list(directory: string): Promise<readonly string[]>;
  /** Makes a directory, and those it lies in, where they are not there; the topmost new one may not be durable. */
  makeDirectory(path: string): Promise<void>;
  /** Makes created, renamed and removed names of a directory durable. */
  syncDirectory(path: string): Promise<void>;
}

/** A file that is read or written at offsets chosen by the caller. */
export interface OpenFile {
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
export const nodeFileSystem: FileSystem = {
  async open(path, mode) {
    return wrap(await fs.open(path, openFlags[mode]));
  },
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { force: true }),
  list: (directory) => fs.readdir(directory),
  async makeDirectory(path) {
    const topmost = await fs.mkdir(path, { recursive: true });
    for (let made = resolve(path); topmost !== undefined && made !== resolve(topmost); made = dirname(made)) {
      await syncDirectory(dirname(made));
    }
  },
  syncDirectory,
};

async function syncDirectory(path: string): Promise<void> {
  const directory = await fs.open(path, "r");
  try {
    await directory.sync();
  } catch (error) {
    // Windows cannot sync a directory; its file systems journal names themselves.
    if (process.platform !== "win32") {
      throw error;
    }
  } finally {
    await directory.close();
  }
}

// "r+" cannot create and "a" cannot write at an offset, so appending asks for the flags by number.
const openFlags = {
  read: fs.constants.O_RDONLY,
  append: fs.constants.O_RDWR | fs.constants.O_CREAT,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
} as const;

function wrap(file: fs.FileHandle): OpenFile {
  return {
    async size() {
      return (await file.stat()).size;
    },
    async read(target, position) {
      let filled = 0;
      while (filled < target.length) {
        const { bytesRead } = await file.read(target, filled, target.length - filled, position + filled);
        if (bytesRead === 0) {
          break;
        }
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
    sync: () => file.sync(),
    close: () => file.close(),
  };
}
