import { dirname } from "node:path";
import type { FileSystem, OpenFile } from "../../src/storage/file-system.ts";

interface File {
  bytes: Uint8Array;
  /** What is on the disk for certain. */
  durable: Uint8Array;
}

/** What a power cut leaves of something that was written and not synced: 0 nothing, 1 everything. */
export type Survival = () => number;

/** Files in memory that forget at a power cut what was never synced: bytes of files, and names in directories. */
export interface VolatileFileSystem extends FileSystem {
  /** Operations so far; each that comes after `powerFailsAfter` fails and does nothing. */
  readonly operations: number;
  /** What is there when the power is back. */
  afterPowerCut(survival: Survival): VolatileFileSystem;
  /** The content of a file; `undefined` where there is none. */
  content(path: string): Uint8Array | undefined;
}

/** `roots` are directories that have been there, durable, for long. */
export function volatileFileSystem(
  roots: readonly string[],
  options: { readonly powerFailsAfter?: number; readonly files?: ReadonlyMap<string, Uint8Array> } = {},
): VolatileFileSystem {
  const { powerFailsAfter = Number.POSITIVE_INFINITY } = options;
  const names = new Map<string, File>();
  for (const [path, bytes] of options.files ?? []) {
    names.set(path, { bytes, durable: bytes });
  }
  const durableNames = new Map(names);
  const directories = new Set(roots);
  const durableDirectories = new Set(roots);
  let operations = 0;

  const act = <T>(operation: () => T): Promise<T> => {
    operations += 1;
    if (operations > powerFailsAfter) {
      return Promise.reject(new Error("the power is out"));
    }
    try {
      return Promise.resolve(operation());
    } catch (error) {
      return Promise.reject(error);
    }
  };
  const failure = (code: string, path: string): Error =>
    Object.assign(new Error(`${code}: ${path}`), { code });

  const open = (file: File): OpenFile => ({
    size: () => act(() => file.bytes.length),
    read: (target, position) =>
      act(() => {
        const piece = file.bytes.subarray(position, position + target.length);
        target.set(piece);
        return piece.length;
      }),
    write: (bytes, position) =>
      act(() => {
        const next = new Uint8Array(Math.max(file.bytes.length, position + bytes.length));
        next.set(file.bytes);
        next.set(bytes, position);
        file.bytes = next;
      }),
    truncate: (length) =>
      act(() => {
        file.bytes = file.bytes.slice(0, length);
      }),
    sync: () =>
      act(() => {
        file.durable = file.bytes;
      }),
    close: () => act(() => undefined),
  });

  return {
    get operations() {
      return operations;
    },
    open: (path, mode) =>
      act(() => {
        const present = names.get(path);
        if (mode === "create" && present !== undefined) {
          throw failure("EEXIST", path);
        }
        if (!directories.has(dirname(path)) || (mode === "read" && present === undefined)) {
          throw failure("ENOENT", path);
        }
        const file = present ?? { bytes: new Uint8Array(0), durable: new Uint8Array(0) };
        names.set(path, file);
        return open(file);
      }),
    rename: (from, to) =>
      act(() => {
        const file = names.get(from);
        if (file === undefined) {
          throw failure("ENOENT", from);
        }
        names.set(to, file);
        names.delete(from);
      }),
    remove: (path) => act(() => void names.delete(path)),
    list: (directory) =>
      act(() =>
        [...names.keys()]
          .filter((path) => dirname(path) === directory)
          .map((path) => path.slice(directory.length + 1)),
      ),
    makeDirectory: (path) => act(() => void directories.add(path)),
    syncDirectory: (path) =>
      act(() => {
        for (const [name, file] of names) {
          if (dirname(name) === path) {
            durableNames.set(name, file);
          }
        }
        for (const name of durableNames.keys()) {
          if (dirname(name) === path && !names.has(name)) {
            durableNames.delete(name);
          }
        }
        for (const directory of directories) {
          if (dirname(directory) === path) {
            durableDirectories.add(directory);
          }
        }
      }),
    afterPowerCut(survival) {
      const keptDirectories = [...directories].filter(
        (path) => durableDirectories.has(path) || survival() >= 1,
      );
      // A rename is one step of the disk's: of two names of one file, one is left.
      const kept = new Map<string, File>(durableNames);
      for (const [path, file] of names) {
        if (durableNames.get(path) !== file && survival() >= 1) {
          for (const [other, held] of kept) {
            if (held === file) {
              kept.delete(other);
            }
          }
          kept.set(path, file);
        }
      }
      const files = [...kept]
        .filter(([path]) => keptDirectories.includes(dirname(path)))
        .map(([path, { bytes, durable }]) => [path, survivor(bytes, durable, survival())] as const);
      return volatileFileSystem(keptDirectories, { files: new Map(files) });
    },
    content: (path) => names.get(path)?.bytes,
  };
}

/** Some of what was written since the last sync, in the order of the offsets, or all or nothing of it. */
function survivor(bytes: Uint8Array, durable: Uint8Array, share: number): Uint8Array {
  if (share >= 1 || bytes === durable) {
    return bytes;
  }
  if (share <= 0 || bytes.length <= durable.length) {
    return durable;
  }
  return bytes.slice(0, durable.length + Math.floor((bytes.length - durable.length) * share));
}
