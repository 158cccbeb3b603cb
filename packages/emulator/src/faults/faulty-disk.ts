import type { FileSystem, OpenFile } from "../storage/file-system.ts";

/** Files on a disk that can be declared full for a while. */
export interface FaultyDisk {
  readonly fileSystem: FileSystem;
  /** The disk takes so many bytes more, for whoever writes, until the returned function is called. */
  limit(freeBytes: number): () => void;
}

/** Puts a disk that fills up on command in front of a file system. */
export function faultyDisk(real: FileSystem): FaultyDisk {
  const limits = new Set<{ freeBytes: number }>();

  const take = (wanted: number): number => {
    let room = wanted;
    for (const limit of limits) {
      room = Math.min(room, limit.freeBytes);
    }
    for (const limit of limits) {
      limit.freeBytes -= room;
    }
    return room;
  };

  const wrap = (file: OpenFile): OpenFile => ({
    ...file,
    async write(bytes, position) {
      const room = limits.size === 0 ? bytes.length : take(bytes.length);
      await file.write(room < bytes.length ? bytes.subarray(0, room) : bytes, position);
      if (room < bytes.length) {
        throw noSpace();
      }
    },
  });

  return {
    fileSystem: {
      ...real,
      async open(path, mode) {
        if (mode === "create" && [...limits].some(({ freeBytes }) => freeBytes === 0)) {
          throw noSpace();
        }
        return wrap(await real.open(path, mode));
      },
    },
    limit(freeBytes) {
      const limit = { freeBytes };
      limits.add(limit);
      return () => {
        limits.delete(limit);
      };
    },
  };
}

function noSpace(): Error {
  return Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
}
