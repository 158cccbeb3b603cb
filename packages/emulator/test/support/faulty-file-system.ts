import { type FileSystem, nodeFileSystem, type OpenFile } from "../../src/storage/file-system.ts";

/** The machine's files behind a disk that can be declared full, or fail to sync. */
export interface FaultyFileSystem extends FileSystem {
  /** While true every write and every new file fails with ENOSPC; a write of several bytes stores half of them. */
  full: boolean;
  /** Run when a file was renamed. */
  afterRename: () => void;
  /** While true truncation fails as well. */
  stuck: boolean;
  /** How many times a file was synced. */
  readonly syncs: number;
}

export function faultyFileSystem(): FaultyFileSystem {
  let syncs = 0;
  const noSpace = (): Error =>
    Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });

  const wrap = (file: OpenFile): OpenFile => ({
    ...file,
    async write(bytes, position) {
      if (system.full) {
        await file.write(bytes.subarray(0, bytes.length >> 1), position);
        throw noSpace();
      }
      await file.write(bytes, position);
    },
    async truncate(length) {
      if (system.stuck) {
        throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
      }
      await file.truncate(length);
    },
    async sync() {
      syncs += 1;
      await file.sync();
    },
  });

  const system: FaultyFileSystem = {
    ...nodeFileSystem,
    full: false,
    stuck: false,
    afterRename: () => undefined,
    get syncs() {
      return syncs;
    },
    async rename(from, to) {
      await nodeFileSystem.rename(from, to);
      system.afterRename();
    },
    async open(path, mode) {
      if (system.full && mode === "create") {
        throw noSpace();
      }
      return wrap(await nodeFileSystem.open(path, mode));
    },
  };
  return system;
}
