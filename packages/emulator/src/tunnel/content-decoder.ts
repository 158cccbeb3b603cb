import type { Duplex } from "node:stream";
import { createInflate, createZstdDecompress, type Zlib } from "node:zlib";
import { Refusal } from "../refusal.ts";

/** A decompressor for one body. */
export interface ContentDecoder {
  readonly stream: Duplex;
  /** Compressed bytes that were part of the stream; fewer than were sent when something follows its end. */
  bytesUsed(): number;
}

const chunkSize = 64 * 1024;

/**
 * Opens the decompressor that a `content-encoding` asks for; `undefined` when the body is sent as it is.
 *
 * @throws Refusal for an encoding that is not offered
 */
export function openContentDecoder(encoding: string | undefined): ContentDecoder | undefined {
  switch (encoding?.toLowerCase() ?? "") {
    case "":
    case "identity":
      return undefined;
    case "deflate":
      return zlibDecoder(createInflate({ chunkSize }));
    case "zstd":
      return zlibDecoder(createZstdDecompress({ chunkSize }));
    default:
      throw new Refusal("MalformedHeaderValue", `The content encoding ${encoding} is not offered here.`);
  }
}

function zlibDecoder(stream: Duplex & Zlib): ContentDecoder {
  return { stream, bytesUsed: () => stream.bytesWritten };
}
