import { zstdDecompressSync } from "node:zlib";
import { FilesError } from "../../errors.ts";
import { unpackLz4Frame } from "../../input/lz4.ts";

type ArrowLibrary = typeof import("apache-arrow");

/**
 * Loads `apache-arrow`, and gives it what it needs to unpack bodies.
 *
 * @throws FilesError `missing-package`
 */
export async function loadArrow(file: string): Promise<ArrowLibrary> {
  const arrow = await import("apache-arrow").catch((cause: unknown) => {
    const message = `${file}: Arrow files are read with the package apache-arrow; install it beside this one.`;
    throw new FilesError("missing-package", message, { position: { file }, cause });
  });
  const { compressionRegistry, CompressionType } = arrow;
  const decoders = [
    [CompressionType.LZ4_FRAME, unpackLz4Frame],
    [CompressionType.ZSTD, (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes))],
  ] as const;
  for (const [type, decode] of decoders) {
    // Others may have given it their own.
    if (compressionRegistry.get(type)?.decode === undefined) compressionRegistry.set(type, { decode });
  }
  return arrow;
}
