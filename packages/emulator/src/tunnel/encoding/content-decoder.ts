import type { Duplex } from "node:stream";
import { createInflate, createZstdDecompress, type Zlib } from "node:zlib";
import { Refusal } from "../../refusal.ts";
import { type FrameDecoder, frameDecoderStream } from "./frame-decoder.ts";
import { lz4FrameDecoder } from "./lz4-frame.ts";
import { snappyFrameDecoder } from "./snappy-frame.ts";

/** A decompressor for one body. */
export interface ContentDecoder {
  readonly stream: Duplex;
  /** How many of `received` compressed bytes belong to the compressed stream; fewer when something follows its end. */
  used(received: number): number;
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
    case "x-snappy-framed":
      return frameDecoder(snappyFrameDecoder());
    case "x-lz4-frame":
    case "x-odps-lz4-frame":
      return frameDecoder(lz4FrameDecoder());
    default:
      throw new Refusal(
        "MalformedHeaderValue",
        `The content encoding ${encoding} is not offered; deflate, zstd, x-snappy-framed, x-lz4-frame and x-odps-lz4-frame are.`,
      );
  }
}

function zlibDecoder(stream: Duplex & Zlib): ContentDecoder {
  return { stream, used: () => stream.bytesWritten };
}

/** Frame decoders fail by themselves on what follows. */
function frameDecoder(decoder: FrameDecoder): ContentDecoder {
  return { stream: frameDecoderStream(decoder), used: (received) => received };
}
