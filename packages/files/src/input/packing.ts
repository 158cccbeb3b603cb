import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
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
  const engine =
    packing === "gzip"
      ? createGunzip({ chunkSize: roomBytes })
      : createZstdDecompress({ chunkSize: roomBytes });
  const packed = Readable.from(chunks, { objectMode: false, highWaterMark: roomBytes });
  let readFailure: unknown;
  packed.on("error", (error) => {
    readFailure = error;
    engine.destroy(error);
  });
  try {
    for await (const chunk of packed.pipe(engine)) yield chunk as Uint8Array;
  } catch (cause) {
    if (readFailure !== undefined) throw readFailure;
    throw new FilesError(
      "bad-compression",
      `${name}: the ${packing} data is damaged or cut off (${(cause as Error).message}).`,
      { position: { file: name }, cause },
    );
  } finally {
    engine.destroy();
    packed.destroy();
  }
}

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
