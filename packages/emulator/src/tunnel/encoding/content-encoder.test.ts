import { Readable } from "node:stream";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import { decompressFrameSync } from "lz4-napi";
import { Decompressor } from "snappy";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../refusal.ts";
import { encodedReply } from "./encoded-reply.ts";

async function unsnappy(bytes: Uint8Array): Promise<Uint8Array> {
  const decompressor = new Decompressor();
  return Buffer.concat([decompressor.update(bytes), await decompressor.finish()]);
}

const unlz4 = (bytes: Uint8Array): Uint8Array => decompressFrameSync(Buffer.from(bytes));
const decoders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>>> = {
  deflate: (bytes) => inflateSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
  "x-snappy-framed": unsnappy,
  "x-lz4-frame": unlz4,
  "x-odps-lz4-frame": unlz4,
};

const noise = Buffer.from(
  Uint32Array.from({ length: 40_000 }, (_, index) => Math.imul(index ^ (index << 7), 2_654_435_761)).buffer,
);
const samples: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  "one byte": Uint8Array.of(7),
  "twelve bytes": Buffer.from("abababababab"),
  "a block to the byte": Buffer.alloc(65_536, "row of the table, "),
  "one byte over a block": Buffer.alloc(65_537, 1),
  "runs of one byte": Buffer.alloc(300_000),
  text: Buffer.from(Array.from({ length: 20_000 }, (_, row) => `row ${row} of the table, `).join("")),
  noise,
  "noise that comes again within a block": Buffer.concat([
    noise.subarray(0, 20_000),
    noise.subarray(0, 20_000),
  ]),
  "literals of every length before matches": Buffer.concat(
    Array.from({ length: 300 }, (_, length) =>
      Buffer.concat([noise.subarray(length * 7, length * 8), Buffer.from("the same again ")]),
    ),
  ),
};

async function encoded(bytes: Uint8Array, accepted: string, pieceBytes = 10_000) {
  const reply = await encodedReply(pieces(bytes, pieceBytes), accepted);
  const body = reply.body as AsyncIterable<Uint8Array>;
  const chunks: Uint8Array[] = [];
  for await (const chunk of Readable.from(body)) {
    chunks.push(chunk as Uint8Array);
  }
  return { encoding: reply.headers?.["content-encoding"], bytes: Buffer.concat(chunks) };
}

async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    yield bytes.subarray(at, at + pieceBytes);
  }
}

describe.each(Object.keys(decoders))("%s answers", (encoding) => {
  it.each(Object.entries(samples))("carry %s, as another decoder says", async (_, plain) => {
    const answer = await encoded(plain, encoding);
    expect(answer.encoding).toBe(encoding);
    const decoded = await decoders[encoding]?.(answer.bytes);
    expect(Buffer.from(decoded ?? []).equals(plain)).toBe(true);
  });

  it("are shorter than text, and hardly longer than noise", async () => {
    const text = samples["text"] ?? noise;
    expect((await encoded(text, encoding)).bytes.length).toBeLessThan(text.length / 2);
    expect((await encoded(noise, encoding)).bytes.length).toBeLessThan(noise.length * 1.01);
  });
});

describe("an answer's encoding", () => {
  it("is the first that the client lists and that is offered", async () => {
    const text = Buffer.from("text");
    expect((await encoded(text, "br, X-LZ4-Frame;q=1, zstd")).encoding).toBe("x-lz4-frame");
    expect((await encoded(text, "identity")).encoding).toBeUndefined();
    expect((await encoded(text, "")).bytes).toEqual(text);
  });

  it("is none when nothing could be read: the failure is the answer", async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* [];
      throw new Refusal("InvalidArgument", "no");
    }
    await expect(encodedReply(failing(), "zstd")).rejects.toThrow("no");
  });
});
