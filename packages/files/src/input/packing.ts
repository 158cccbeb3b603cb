import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib";
import { FilesError } from "../errors.ts";

/** How a file's bytes are packed. */
export type Packing = "none" | "gzip" | "zstd";

/**
 * How a file is packed, by its first bytes.
 *
 * @throws FilesError `bad-compression` for packings that are known and not read
 */
export function packingOf(head: Uint8Array, name: string): Packing {
  const kind = magics.find(({ magic }) => magic.every((byte, at) => head[at] === byte));
  if (kind === undefined) return "none";
  if (kind.packing !== undefined) return kind.packing;
  throw new FilesError("bad-compression", `${name}: the file is ${kind.title}, which is not read.`, {
    position: { file: name, byteOffset: 0 },
  });
}

/** Unpacks bytes; several packed files one behind the other are read as one. */
export async function* unpack(
  chunks: AsyncIterable<Uint8Array>,
  packing: Packing,
  name: string,
): AsyncGenerator<Uint8Array> {
  if (packing === "none") {
    yield* chunks;
    return;
  }
  const options = { chunkSize: roomBytes };
  const unpacker = new Unpacker(() =>
    packing === "gzip" ? createGunzip(options) : createZstdDecompress(options),
  );
  const located = (cause: unknown): FilesError =>
    new FilesError(
      "bad-compression",
      `${name}: the ${packing} data is damaged or cut off (${(cause as Error).message}).`,
      { position: { file: name }, cause },
    );
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.byteLength; at += sliceBytes) {
        yield* await unpacker.take(chunk.subarray(at, at + sliceBytes)).catch((cause: unknown) => {
          throw located(cause);
        });
      }
    }
    yield* await unpacker.end().catch((cause: unknown) => {
      throw located(cause);
    });
  } finally {
    unpacker.close();
  }
}

/**
 * Feeds a decompressor of `node:zlib` and sees to it that nothing is left over: the one for Zstandard ends with the first
 * frame and drops what comes behind it in the same piece, without a word.
 */
class Unpacker {
  readonly #open: () => Gunzip | ZstdDecompress;
  #engine: Gunzip | ZstdDecompress;
  #output: Uint8Array[] = [];
  #failure: Error | undefined;
  #isOver = false;

  constructor(open: () => Gunzip | ZstdDecompress) {
    this.#open = open;
    this.#engine = this.#begin();
  }

  async take(bytes: Uint8Array): Promise<readonly Uint8Array[]> {
    for (let rest = bytes; rest.byteLength > 0; ) {
      if (this.#isOver) this.#engine = this.#begin();
      const before = this.#engine.bytesWritten;
      await this.#step((done) => this.#engine.write(rest, done));
      rest = rest.subarray(this.#engine.bytesWritten - before);
      if (rest.byteLength > 0) this.#isOver = true;
    }
    return this.#given();
  }

  async end(): Promise<readonly Uint8Array[]> {
    if (!this.#isOver) await this.#step(() => this.#engine.end());
    return this.#given();
  }

  close(): void {
    this.#engine.destroy();
  }

  #begin(): Gunzip | ZstdDecompress {
    this.#isOver = false;
    const engine = this.#open();
    engine.on("data", (chunk: Uint8Array) => this.#output.push(chunk));
    engine.on("error", (error) => {
      this.#failure = error;
    });
    return engine;
  }

  #given(): readonly Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** Waits until a step is done or the engine has come to its end. */
  async #step(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const engine = this.#engine;
    engine.once("error", reject);
    engine.once("end", resolve);
    start((error) => (error ? reject(error) : resolve()));
    try {
      await promise;
    } finally {
      engine.off("error", reject);
      engine.off("end", resolve);
    }
  }
}

/** Little enough that what it unpacks to fits into memory, whatever was packed. */
const sliceBytes = 32 * 1024;

/** Coming back for more room goes through the event loop: the small default costs more than the work itself. */
const roomBytes = 256 * 1024;

interface Magic {
  readonly magic: readonly number[];
  readonly packing?: Packing;
  readonly title?: string;
}

const magics: readonly Magic[] = [
  { magic: [0x1f, 0x8b], packing: "gzip" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], packing: "zstd" },
  { magic: [0x50, 0x4b, 0x03, 0x04], title: "a ZIP archive" },
  { magic: [0x42, 0x5a, 0x68], title: "compressed with bzip2" },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], title: "compressed with xz" },
  { magic: [0x04, 0x22, 0x4d, 0x18], title: "compressed with lz4" },
];
