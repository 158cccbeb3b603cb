import type { JournalFile, JournalFileSystem } from "../../src/node/index.ts";

interface Content {
  bytes: Uint8Array;
  /** What would survive the loss of power. */
  durable: Uint8Array;
}

/** Something that a {@link MemoryDisk} is about to do. */
export interface DiskStep {
  readonly kind: "open" | "rename" | "remove" | "list" | "write" | "truncate" | "sync" | "sync-directory";
  readonly path: string;
}

/** Files in memory that can fail, and that forget what was not synced when the power is cut. */
export class MemoryDisk implements JournalFileSystem {
  /** Names now, and names that would survive. */
  readonly #names = new Map<string, Content>();
  #durableNames = new Map<string, Content>();
  readonly steps: DiskStep[] = [];
  /** Runs before each step: throw in it, or wait. */
  before: (step: DiskStep) => Promise<void> | void = () => {};

  /** The disk after the power was cut: what was not synced is gone, up to `keep` of its bytes in front. */
  cutPower(keep = 0): MemoryDisk {
    return this.#copy(this.#durableNames, ({ bytes, durable }) =>
      bytes.slice(0, Math.max(durable.length, Math.min(bytes.length, durable.length + keep))),
    );
  }

  /** The disk as the next process finds it after this one was killed: nothing written is lost. */
  afterKill(): MemoryDisk {
    return this.#copy(this.#names, ({ bytes }) => bytes.slice());
  }

  get paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  text(path: string): string {
    return new TextDecoder().decode(this.#content(path).bytes);
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const content = { bytes: bytes.slice(), durable: bytes.slice() };
    this.#names.set(path, content);
    this.#durableNames.set(path, content);
  }

  async open(path: string, mode: "read" | "append" | "create"): Promise<JournalFile> {
    await this.#step({ kind: "open", path });
    if (mode === "create" && this.#names.has(path)) throw fault("EEXIST", path);
    if (mode === "read") this.#content(path);
    else if (!this.#names.has(path)) {
      this.#names.set(path, { bytes: new Uint8Array(0), durable: new Uint8Array(0) });
    }
    const content = this.#content(path);
    const step = (kind: DiskStep["kind"]): Promise<void> => this.#step({ kind, path });
    return {
      size: async () => content.bytes.length,
      async read(target, position) {
        const part = content.bytes.subarray(position, position + target.length);
        target.set(part);
        return part.length;
      },
      async write(bytes, position) {
        await step("write");
        const grown = new Uint8Array(Math.max(content.bytes.length, position + bytes.length));
        grown.set(content.bytes);
        grown.set(bytes, position);
        content.bytes = grown;
      },
      async truncate(length) {
        await step("truncate");
        content.bytes = content.bytes.slice(0, length);
      },
      async sync() {
        await step("sync");
        content.durable = content.bytes.slice();
      },
      close: async () => {},
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step({ kind: "rename", path: to });
    this.#names.set(to, this.#content(from));
    this.#names.delete(from);
  }

  async remove(path: string): Promise<void> {
    await this.#step({ kind: "remove", path });
    this.#names.delete(path);
  }

  async list(directory: string): Promise<readonly string[]> {
    await this.#step({ kind: "list", path: directory });
    const inside = `${directory}/`;
    return this.paths.filter((path) => path.startsWith(inside)).map((path) => path.slice(inside.length));
  }

  async makeDirectory(): Promise<void> {}

  async syncDirectory(path: string): Promise<void> {
    await this.#step({ kind: "sync-directory", path });
    this.#durableNames = new Map(this.#names);
  }

  async #step(step: DiskStep): Promise<void> {
    this.steps.push(step);
    await this.before(step);
  }

  #content(path: string): Content {
    const content = this.#names.get(path);
    if (content === undefined) throw fault("ENOENT", path);
    return content;
  }

  #copy(names: ReadonlyMap<string, Content>, survive: (content: Content) => Uint8Array): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, content] of names) void disk.put(path, survive(content));
    return disk;
  }
}

/** An error as the system throws it. */
export function fault(code: "ENOENT" | "EEXIST" | "EIO" | "ENOSPC", path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
