import { Readable } from "node:stream";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { compressFrameSync } from "lz4-napi";
import { Compressor } from "snappy";
import { describe, expect, it } from "vitest";
import { openContentDecoder } from "./content-decoder.ts";
import type { FrameDecoder } from "./frame-decoder.ts";
import { lz4FrameDecoder } from "./lz4-frame.ts";
import { snappyFrameDecoder } from "./snappy-frame.ts";
import { XxHash32, xxh32 } from "./xxh32.ts";

/** Half a megabyte that compresses a little: repeated words with a counter, then bytes without a pattern. */
const plain = Buffer.concat([
  Buffer.from(Array.from({ length: 20_000 }, (_, row) => `row ${row} of the table, `).join("")),
  Buffer.from(Uint32Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 2_654_435_761)).buffer),
  Buffer.alloc(100_000, "ab"),
]);

async function snappyFramed(bytes: Uint8Array): Promise<Uint8Array> {
  const compressor = new Compressor();
  return Buffer.concat([compressor.update(bytes), await compressor.finish()]);
}

function decodeAll(decoder: FrameDecoder, bytes: Uint8Array, pieceBytes: number): Uint8Array {
  const decoded: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    decoded.push(...decoder.push(bytes.subarray(from, from + pieceBytes)).map((piece) => Buffer.from(piece)));
  }
  decoder.end();
  return Buffer.concat(decoded);
}

const formats: {
  name: string;
  open: () => FrameDecoder;
  compress: (bytes: Uint8Array) => Promise<Uint8Array>;
}[] = [
  { name: "snappy frames", open: snappyFrameDecoder, compress: snappyFramed },
  {
    name: "lz4 frames",
    open: lz4FrameDecoder,
    compress: async (bytes) => compressFrameSync(Buffer.from(bytes)),
  },
  {
    name: "lz4 frames with checksums of every kind",
    open: lz4FrameDecoder,
    compress: async (bytes) =>
      compressFrameSync(Buffer.from(bytes), { contentChecksum: true, blockChecksums: true }),
  },
];

for (const { name, open, compress } of formats) {
  describe(name, () => {
    it("decode to what was compressed, in pieces of any size", async () => {
      const compressed = await compress(plain);
      expect(compressed.length).toBeLessThan(plain.length);
      for (const pieceBytes of [1, 7, 1496, 65_536, compressed.length]) {
        expect(Buffer.compare(decodeAll(open(), compressed, pieceBytes), plain)).toBe(0);
      }
    });

    it("decode to nothing when nothing was compressed", async () => {
      const compressed = await compress(new Uint8Array(0));
      // This compressor leaves the identifier out when there is nothing; a body of no bytes is no stream.
      const frame = compressed.length === 0 ? Buffer.from("ff060000734e61507059", "hex") : compressed;
      expect(decodeAll(open(), frame, 3)).toHaveLength(0);
    });

    it("fail when cut off anywhere", async () => {
      const compressed = await compress(plain.subarray(0, 300));
      for (let length = 0; length < compressed.length; length += 1) {
        const cut = compressed.subarray(0, length);
        // A Snappy stream has no end mark: behind a whole chunk it cannot be told from a shorter stream.
        const wholeChunk = name === "snappy frames" && length === 10;
        if (!wholeChunk) {
          expect(() => decodeAll(open(), cut, 64)).toThrow();
        }
      }
    });

    it("never hang, and never give more than a block at a time, on damaged bytes", async () => {
      const compressed = await compress(plain.subarray(0, 4_000));
      for (let at = 0; at < compressed.length; at += 1) {
        for (const bit of [1, 0x80]) {
          const damaged = Uint8Array.from(compressed);
          damaged[at] = (damaged[at] ?? 0) ^ bit;
          let length = 0;
          try {
            length = decodeAll(open(), damaged, 512).length;
          } catch (error) {
            expect((error as Error).message).toMatch(/Snappy|LZ4/);
          }
          expect(length).toBeLessThan(5_000_000);
        }
      }
    });
  });
}

describe("snappy frames by the letter", () => {
  const identifier = "ff060000734e61507059";

  it("skip padding and skippable chunks", () => {
    // fe: padding of 2 bytes; 80: skippable, 1 byte; 01: stored "abc" under its masked checksum.
    const frame = Buffer.from(`${identifier}fe0200000000800100005501070000`, "hex");
    const stored = Buffer.from("6e57f121616263", "hex");
    expect(Buffer.from(decodeAll(snappyFrameDecoder(), Buffer.concat([frame, stored]), 4)).toString()).toBe(
      "abc",
    );
  });

  it.each([
    ["010700006e57f121616263", "does not begin with"],
    [`${identifier}0107000000000000616263`, "checksum"],
    [`${identifier}02010000ff`, "unknown type 2"],
    [`${identifier}00ffffff`, "claims"],
    ["ff06000073616d706c65", "identifier"],
  ])("refuse %s", (hex, problem) => {
    expect(() => decodeAll(snappyFrameDecoder(), Buffer.from(hex, "hex"), 64)).toThrow(problem);
  });
});

describe("lz4 frames by the letter", () => {
  it("decode chained blocks, whose matches reach into the block before", () => {
    // FLG 40: version 1, chained; BD 40: 64 KiB blocks. Block 1 stores "abcdefgh"; block 2 matches 8 bytes back,
    // 12 long, then the literals "12345".
    const frame = Buffer.concat([
      Buffer.from("04224d184040c0", "hex"),
      Buffer.from("08000080", "hex"),
      Buffer.from("abcdefgh"),
      Buffer.from("09000000", "hex"),
      Buffer.from("080800", "hex"),
      Buffer.from("50", "hex"),
      Buffer.from("12345"),
      Buffer.from("00000000", "hex"),
    ]);
    expect(Buffer.from(decodeAll(lz4FrameDecoder(), frame, 5)).toString()).toBe("abcdefghabcdefghabcd12345");
  });

  it("refuse what follows the frame", () => {
    const frame = compressFrameSync(Buffer.from("abc"));
    expect(() => decodeAll(lz4FrameDecoder(), Buffer.concat([frame, Buffer.from("more")]), 64)).toThrow(
      "bytes follow the end",
    );
  });
});

describe("xxHash32", () => {
  it.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("of %j", (text, expected) => {
    expect(xxh32(Buffer.from(text))).toBe(expected);
  });

  it("does not depend on how the bytes arrive", () => {
    for (const pieceBytes of [1, 3, 16, 17, 100]) {
      const hash = new XxHash32();
      for (let from = 0; from < 1000; from += pieceBytes) {
        hash.update(plain.subarray(from, Math.min(from + pieceBytes, 1000)));
      }
      expect(hash.digest()).toBe(xxh32(plain.subarray(0, 1000)));
    }
  });
});

describe("a content decoder", () => {
  it.each([
    ["deflate", deflateSync(plain)],
    ["zstd", zstdCompressSync(plain)],
  ])("decodes %s and tells what followed the stream", async (encoding, compressed) => {
    for (const trailing of [0, 5]) {
      const decoder = openContentDecoder(encoding);
      const body = Buffer.concat([compressed, Buffer.alloc(trailing)]);
      const pieces: Uint8Array[] = [];
      let failure: unknown;
      try {
        for await (const piece of Readable.from([body]).pipe(
          decoder?.stream as never,
        ) as AsyncIterable<Uint8Array>) {
          pieces.push(piece);
        }
      } catch (error) {
        failure = error;
      }
      const clean = failure === undefined && decoder?.used(body.length) === body.length;
      expect(clean).toBe(trailing === 0);
      expect(Buffer.compare(Buffer.concat(pieces), plain)).toBe(0);
    }
  });

  it("is none for a body that is not encoded", () => {
    expect(openContentDecoder(undefined)).toBeUndefined();
    expect(openContentDecoder("identity")).toBeUndefined();
  });

  it("refuses an encoding it does not know", () => {
    expect(() => openContentDecoder("br")).toThrow("The content encoding br is not offered");
  });
});
