import { type Duplex, Readable } from "node:stream";
import { createDeflate, createZstdCompress } from "node:zlib";
import type { Reply } from "../../server/reply.ts";
import { frameEncoderStream } from "./frame-encoder.ts";
import { lz4FrameEncoder } from "./lz4-encoder.ts";
import { snappyFrameEncoder } from "./snappy-encoder.ts";

/** protocol: MaxCompute Tunnel, compression: Arrow bodies have a name of their own for LZ4. */
const encoders: Readonly<Record<string, () => Duplex>> = {
  deflate: () => createDeflate({ level: 1 }),
  zstd: () => createZstdCompress(),
  "x-snappy-framed": () => frameEncoderStream(snappyFrameEncoder()),
  "x-lz4-frame": () => frameEncoderStream(lz4FrameEncoder()),
  "x-odps-lz4-frame": () => frameEncoderStream(lz4FrameEncoder()),
};

/**
 * Answers with bytes as they come, in the first encoding offered here that the client lists, or as they are.
 *
 * The first bytes are waited for, so that what fails at once is refused properly.
 */
export async function encodedReply(
  bytes: AsyncGenerator<Uint8Array>,
  accepted: string | undefined,
): Promise<Reply> {
  const headers = { "content-type": "application/octet-stream" };
  const names = (accepted ?? "").split(",").map((name) => name.split(";")[0]?.trim().toLowerCase() ?? "");
  const encoding = names.find((name) => Object.hasOwn(encoders, name));
  const encoder = encoding === undefined ? undefined : encoders[encoding]?.();
  const body = startedWith(await bytes.next(), bytes);
  if (encoding === undefined || encoder === undefined) {
    return { status: 200, headers, body };
  }
  const source = Readable.from(body);
  source.on("error", (error) => encoder.destroy(error));
  encoder.on("close", () => source.destroy());
  return {
    status: 200,
    headers: { ...headers, "content-encoding": encoding },
    body: source.pipe(encoder),
  };
}

async function* startedWith(
  first: IteratorResult<Uint8Array, unknown>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.done !== true) {
    yield first.value;
    yield* rest;
  }
}
