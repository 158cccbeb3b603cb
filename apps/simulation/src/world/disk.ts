import { dirname } from "node:path";
import type { FileSystem, OpenFile } from "@maxcompute-tunnel/emulator";
import type { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";

interface File {
  bytes: Uint8Array;
  length: number;
  /** What a crash leaves for certain. */
  durable: Uint8Array;
}

/** Write number `nth` of the disk fails with this code. */
export interface DiskFailure {
  readonly nth: number;
  readonly code: string;
}

/**
 * A disk in memory. What was written and not synced, bytes and names, may be gone after a crash. Every operation takes
 * time, so that a crash can come between any two.
 */
export class Disk {
  readonly #random: Random;
  readonly #failures: ReadonlyMap<number, string>;
  #names = new Map<string, File>();
  #durableNames = new Map<string, File>();
  readonly #directories = new Set(["/"]);
  #writes = 0;
  /** How many of its failures have happened. */
  failed = 0;
  /** Nothing fails any more. */
  calm = false;

  constructor(random: Random, failures: readonly DiskFailure[] = []) {
    this.#random = random;
    this.#failures = new Map(failures.map(({ nth, code }) => [nth, code]));
  }

  /** The disk as one process sees it; it stops when that process does. */
  mount(life: Life): FileSystem {
    const act = async <T>(what: string, operation: () => T): Promise<T> => {
      await life.wait(0.05 + this.#random.next(), `disk ${what}`);
      return operation();
    };
    return {
      open: (path, mode) => act("open", () => this.#open(path, mode, act)),
      rename: (from, to) =>
        act("rename", () => {
          const file = this.#file(from);
          this.#names.set(to, file);
          this.#names.delete(from);
        }),
      remove: (path) => act("remove", () => void this.#names.delete(path)),
      list: (directory) =>
        act("list", () =>
          [...this.#names.keys()]
            .filter((path) => dirname(path) === directory)
            .map((path) => path.slice(directory.length + 1)),
        ),
      makeDirectory: (path) => act("mkdir", () => void this.#directories.add(path)),
      syncDirectory: (path) => act("sync names", () => this.#syncNames(path)),
    };
  }

  /** Everything that its files hold now. */
  texts(): readonly string[] {
    return [...this.#names.values()].map(({ bytes, length }) =>
      Buffer.from(bytes.subarray(0, length)).toString("latin1"),
    );
  }

  /** What is left when a process dies with the power: of what was not synced, about this share. */
  crash(keep: number): void {
    const kept = new Map(this.#durableNames);
    for (const [path, file] of this.#names) {
      if (this.#durableNames.get(path) === file || !this.#random.chance(keep)) {
        continue;
      }
      // A rename is one step of the disk's: of two names of one file, one is left.
      for (const [other, held] of kept) {
        if (held === file) {
          kept.delete(other);
        }
      }
      kept.set(path, file);
    }
    for (const path of this.#durableNames.keys()) {
      if (
        !this.#names.has(path) &&
        kept.get(path) === this.#durableNames.get(path) &&
        this.#random.chance(keep)
      ) {
        kept.delete(path);
      }
    }
    const files = new Map<File, File>();
    this.#names = new Map();
    for (const [path, file] of kept) {
      const survivor = files.get(file) ?? survivorOf(file, keep * this.#random.next());
      files.set(file, survivor);
      this.#names.set(path, survivor);
    }
    this.#durableNames = new Map(this.#names);
  }

  #open(path: string, mode: "read" | "append" | "create", act: Act): OpenFile {
    const present = this.#names.get(path);
    if (mode === "create" && present !== undefined) {
      throw failure("EEXIST", path);
    }
    if (mode === "read" && present === undefined) {
      throw failure("ENOENT", path);
    }
    const file = present ?? { bytes: new Uint8Array(256), length: 0, durable: new Uint8Array(0) };
    this.#names.set(path, file);
    return {
      size: () => act("size", () => file.length),
      read: (target, position) =>
        act("read", () => {
          const piece = file.bytes.subarray(position, Math.min(file.length, position + target.length));
          target.set(piece);
          return piece.length;
        }),
      write: (bytes, position) => {
        // What is written is what was there when the call was made.
        const copy = Uint8Array.from(bytes);
        return act("write", () => this.#write(file, path, copy, position));
      },
      truncate: (length) =>
        act("truncate", () => {
          file.bytes = file.bytes.slice(0, Math.max(length, 256));
          file.length = Math.min(file.length, length);
        }),
      sync: () =>
        act("sync", () => {
          file.durable = file.bytes.slice(0, file.length);
        }),
      close: () => act("close", () => undefined),
    };
  }

  #write(file: File, path: string, bytes: Uint8Array, position: number): void {
    this.#writes += 1;
    const code = this.calm ? undefined : this.#failures.get(this.#writes);
    const stored = code === undefined ? bytes : bytes.subarray(0, bytes.length >> 1);
    const end = position + stored.length;
    if (end > file.bytes.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(file.bytes);
      file.bytes = grown;
    }
    file.bytes.set(stored, position);
    file.length = Math.max(file.length, end);
    if (code !== undefined) {
      this.failed += 1;
      throw failure(code, path);
    }
  }

  #file(path: string): File {
    const file = this.#names.get(path);
    if (file === undefined) {
      throw failure("ENOENT", path);
    }
    return file;
  }

  #syncNames(directory: string): void {
    for (const [path, file] of this.#names) {
      if (dirname(path) === directory) {
        this.#durableNames.set(path, file);
      }
    }
    for (const path of this.#durableNames.keys()) {
      if (dirname(path) === directory && !this.#names.has(path)) {
        this.#durableNames.delete(path);
      }
    }
  }
}

type Act = <T>(what: string, operation: () => T) => Promise<T>;

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** Some of what was written since the last sync, in the order of the offsets. */
function survivorOf({ bytes, length, durable }: File, share: number): File {
  const left =
    length <= durable.length
      ? durable
      : bytes.slice(0, durable.length + Math.round((length - durable.length) * share));
  // What lay within the synced part and was written over is either old or new; old is the worse case.
  const survivor = Uint8Array.from(left);
  survivor.set(durable.subarray(0, Math.min(durable.length, survivor.length)));
  return { bytes: survivor, length: survivor.length, durable: survivor };
}
