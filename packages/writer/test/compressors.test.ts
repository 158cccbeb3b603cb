import { constants, inflateSync, zstdDecompressSync } from "node:zlib";
import { decompressFrame } from "lz4-napi";
import { uncompressStream } from "snappy";
import { describe, expect, it } from "vitest";
import { type Compressor, noCompression, webDeflate } from "../src/index.ts";
import { nodeDeflate, nodeLz4, nodeSnappy, nodeZstd } from "../src/node/index.ts";

type Decode = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

async function unsnappy(bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of uncompressStream(new Blob([Uint8Array.from(bytes)]).stream())) parts.push(part);
  return Buffer.concat(parts);
}

const cases: readonly {
  readonly name: string;
  readonly make: () => Compressor | Promise<Compressor>;
  readonly encoding: string;
  readonly decode: Decode;
  /** Decodes a stream that breaks off after a flush; none where flushing is impossible. */
  readonly decodeCut?: Decode;
}[] = [
  {
    name: "none",
    make: () => noCompression,
    encoding: "identity",
    decode: (bytes) => bytes,
    decodeCut: (bytes) => bytes,
  },
  { name: "web deflate", make: webDeflate, encoding: "deflate", decode: (bytes) => inflateSync(bytes) },
  {
    name: "node deflate",
    make: () => nodeDeflate(),
    encoding: "deflate",
    decode: (bytes) => inflateSync(bytes),
    decodeCut: (bytes) => inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
  },
  {
    name: "zstd",
    make: () => nodeZstd(),
    encoding: "zstd",
    decode: (bytes) => zstdDecompressSync(bytes),
    decodeCut: (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush }),
  },
  { name: "snappy", make: nodeSnappy, encoding: "x-snappy-framed", decode: unsnappy, decodeCut: unsnappy },
  {
    name: "lz4",
    make: nodeLz4,
    encoding: "x-lz4-frame",
    decode: (bytes) => decompressFrame(bytes),
    decodeCut: (bytes) => decompressFrame(Buffer.concat([bytes, new Uint8Array(4)])),
  },
];

/** Text that compresses, then bytes that do not, across every inner block size. */
function sample(): Uint8Array[] {
  const text = Buffer.from("order,customer,amount\n".repeat(40_000));
  const noise = new Uint8Array(300_000);
  let state = 42;
  for (let i = 0; i < noise.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise[i] = state >>> 24;
  }
  return [text.subarray(0, 7), text.subarray(7, 200_000), new Uint8Array(0), noise, text.subarray(200_000)];
}

describe.each(cases)("$name", ({ make, encoding, decode, decodeCut }) => {
  it("is announced under the name the service knows", async () => {
    expect((await make()).contentEncoding).toBe(encoding);
  });

  it("gives a block that an independent decoder reads", async () => {
    const chunks = sample();
    const compressor = await make();
    const packed = Buffer.concat(await compressor.compress(chunks));
    expect(Buffer.compare(await decode(packed), Buffer.concat(chunks))).toBe(0);
  });

  it("gives the same content piece by piece", async () => {
    const chunks = sample();
    const stream = (await make()).stream();
    const output: Uint8Array[] = [];
    for (const chunk of chunks) output.push(...(await stream.write(chunk)));
    output.push(...(await stream.end()));
    stream.abort();
    expect(Buffer.compare(await decode(Buffer.concat(output)), Buffer.concat(chunks))).toBe(0);
  });

  it("keeps two blocks apart", async () => {
    const compressor = await make();
    const [a, b] = [compressor.stream(), compressor.stream()];
    const outA = [...(await a.write(Buffer.from("first"))), ...(await a.end())];
    const outB = [...(await b.write(Buffer.from("second"))), ...(await b.end())];
    expect(Buffer.from(await decode(Buffer.concat(outA))).toString()).toBe("first");
    expect(Buffer.from(await decode(Buffer.concat(outB))).toString()).toBe("second");
  });

  it("compresses nothing into a valid empty block", async () => {
    const stream = (await make()).stream();
    const output = [...(await stream.end())];
    expect((await decode(Buffer.concat(output))).byteLength).toBe(0);
  });

  if (decodeCut !== undefined) {
    it("has every row so far in the output after a flush", async () => {
      const stream = (await make()).stream();
      const output = [...(await stream.write(Buffer.from("waiting rows"))), ...(await stream.flush())];
      expect(Buffer.from(await decodeCut(Buffer.concat(output))).toString()).toBe("waiting rows");
      output.push(...(await stream.write(Buffer.from(" and more"))), ...(await stream.end()));
      expect(Buffer.from(await decode(Buffer.concat(output))).toString()).toBe("waiting rows and more");
    });
  }

  it("can be given up at any time", async () => {
    const stream = (await make()).stream();
    await stream.write(Buffer.from("x".repeat(100_000)));
    stream.abort();
    stream.abort();
  });
});

it("makes deflate blocks with the zlib header that the service expects, not raw ones", async () => {
  for (const compressor of [webDeflate(), nodeDeflate()]) {
    const [first] = await compressor.compress([Buffer.from("abc")]);
    expect(first?.[0]).toBe(0x78);
  }
});

it("makes LZ4 frames of independent blocks", async () => {
  const packed = Buffer.concat(await (await nodeLz4()).compress([Buffer.from("abc")]));
  // magic number, version 1 + independent blocks, 4 MiB, header checksum; then 3 bytes stored as they are; end mark
  expect(packed.toString("hex")).toBe(`04224d18607073${"03000080"}616263${"00000000"}`);
});

it("makes snappy frames with the masked checksum of the plain bytes", async () => {
  const packed = Buffer.concat(await (await nodeSnappy()).compress([Buffer.from("123456789")]));
  // CRC-32C of "123456789" is e3069283; rotated right by 15 bits plus a282ead8 it is c78ab0e5
  expect(packed.toString("hex")).toBe(`ff060000734e61507059${"010d0000"}${"e5b08ac7"}313233343536373839`);
});

it("takes the platform's best deflate for compress: true", async () => {
  const { resolveCompressor } = await import("../src/compression/resolve-compressor.ts");
  const stream = resolveCompressor(true).stream();
  const flushed = [...(await stream.write(Buffer.from("abc"))), ...(await stream.flush())];
  stream.abort();
  // Only node:zlib can flush: on Node, that is what `true` gives.
  expect(Buffer.concat(flushed).byteLength).toBeGreaterThan(3);
  expect(resolveCompressor(false)).toBe(noCompression);
  expect(resolveCompressor(undefined)).toBe(noCompression);
});
