import { crc32 as zlibCrc32 } from "node:zlib";
import { crc32c } from "@maxcompute-tunnel/codec";
import { ArrowFrameWriter } from "@maxcompute-tunnel/codec/arrow";
import { readPieces } from "../data/read-pieces.ts";
import { serveContender } from "../harness/serve-contender.ts";

/** What the machine can do at most, over 64 MiB or a file: nothing that reads or writes every byte can be quicker. */
export interface MachineLimitOptions {
  readonly limit: "copy" | "crc32c" | "crc32c folded" | "crc32" | "read";
  readonly path: string;
}

await serveContender<MachineLimitOptions>(({ limit, path }) => {
  const bytes = 64 * 1024 * 1024;
  const from = new Uint8Array(bytes).map((_, index) => index * 31);
  const to = new Uint8Array(bytes);
  // Where checksums go, so that they are not left out.
  const kept = new Uint32Array(1);
  const works: Readonly<Record<MachineLimitOptions["limit"], () => number>> = {
    copy: () => {
      to.set(from);
      return bytes;
    },
    crc32c: () => {
      kept[0] = crc32c(from);
      return bytes;
    },
    "crc32c folded": () => {
      kept[0] = frames(from).length;
      return bytes;
    },
    crc32: () => {
      kept[0] = zlibCrc32(from);
      return bytes;
    },
    read: () => {
      let read = 0;
      readPieces(path, (piece) => {
        read += piece.length;
      });
      return read;
    },
  };
  return () => ({ rows: 0, bytes: works[limit]() });
});

/** Framing copies nothing: what it takes is the folded checksum. */
function frames(bytes: Uint8Array): readonly Uint8Array[] {
  const writer = new ArrowFrameWriter();
  return [...writer.write(bytes), ...writer.end()];
}
