import type { Transform } from "node:stream";
import { createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { crc32c } from "@maxcompute-tunnel/codec";
import { CliError } from "../../errors.ts";

/** How a body is compressed. */
export type BodyCompression = "none" | "deflate" | "gzip" | "zstd" | "snappy" | "lz4";

/** A body without its compression. */
export interface UnpackedBody {
  readonly compression: BodyCompression;
  readonly bytes: Uint8Array;
  /** Why the rest could not be unpacked; `bytes` has what came before. */
  readonly fault: string | undefined;
}

/** Takes the compression off a body, as far as it goes; which one it is, its first bytes tell. */
export async function unpackBody(body: Uint8Array): Promise<UnpackedBody> {
  const compression = sniffCompression(body);
  if (compression === "none") return { compression, bytes: body, fault: undefined };
  const { bytes, error } = await unpackers[compression](body);
  if (error === undefined) return { compression, bytes, fault: undefined };
  // Two bytes may look like zlib's by chance: a record stream can begin so.
  if (compression === "deflate" && bytes.length === 0 && body[0] === 0x78) {
    return { compression: "none", bytes: body, fault: undefined };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { compression, bytes, fault: `its ${compression} data is damaged: ${reason}` };
}

/** Tells a compression by the bytes that begin it. */
export function sniffCompression(body: Uint8Array): BodyCompression {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => body[index] === byte);
  if (begins(0x1f, 0x8b)) return "gzip";
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (begins(0x04, 0x22, 0x4d, 0x18)) return "lz4";
  if (begins(0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)) return "snappy";
  const [first = 0, second = 0] = body;
  return (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0 && body.length > 2
    ? "deflate"
    : "none";
}

/** What could be unpacked, and what ended it early. */
interface Unpacked {
  readonly bytes: Uint8Array;
  readonly error: unknown;
}

const unpackers: Readonly<Record<Exclude<BodyCompression, "none">, (body: Uint8Array) => Promise<Unpacked>>> =
  {
    deflate: (body) => unpackStream(createInflate(), body),
    gzip: (body) => unpackStream(createGunzip(), body),
    zstd: (body) => unpackStream(createZstdDecompress(), body),
    snappy: unpackSnappy,
    lz4: async (body) => {
      const { decompressFrame } = await peer("lz4-napi", () => import("lz4-napi"));
      try {
        const bytes = await decompressFrame(Buffer.from(body.buffer, body.byteOffset, body.length));
        return { bytes, error: undefined };
      } catch (error) {
        return { bytes: new Uint8Array(0), error };
      }
    },
  };

async function unpackStream(stream: Transform, body: Uint8Array): Promise<Unpacked> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let error: unknown;
  stream.end(body);
  try {
    for await (const piece of stream) {
      pieces.push(piece as Buffer);
      length += (piece as Buffer).length;
      if (length > largestBody) throw new Error("it unpacks to more than 2 GiB");
    }
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(pieces), error };
}

/** The framing format: chunks of a type, a length of 24 bits and, for data, a masked CRC-32C of the plain bytes. */
async function unpackSnappy(body: Uint8Array): Promise<Unpacked> {
  const { uncompress } = await peer("snappy", () => import("snappy"));
  const pieces: Uint8Array[] = [];
  let error: unknown;
  try {
    for (let at = 0; at < body.length; ) {
      const { end, plain } = await unpackChunk(body, at, uncompress);
      if (plain !== undefined) pieces.push(plain);
      at = end;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Buffer.concat(pieces), error };
}

/** One chunk of snappy's framing; `plain` is there for data only. */
async function unpackChunk(
  body: Uint8Array,
  at: number,
  uncompress: (bytes: Buffer) => Promise<string | Buffer>,
): Promise<{ readonly end: number; readonly plain: Uint8Array | undefined }> {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (at + 4 > body.length) throw new Error(`a chunk breaks off at byte ${at}`);
  const type = body[at]!;
  const end = at + 4 + (view.getUint32(at, true) >>> 8);
  if (end > body.length || (type <= 1 && end < at + 8)) throw new Error(`the chunk at byte ${at} breaks off`);
  if (type > 1) {
    if (type < 0x80) throw new Error(`the chunk at byte ${at} has the unknown type ${type}`);
    return { end, plain: undefined };
  }
  const payload = body.subarray(at + 8, end);
  const plain = type === 1 ? payload : ((await uncompress(Buffer.from(payload))) as Buffer);
  const crc = crc32c(plain);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  if (masked !== view.getUint32(at + 4, true))
    throw new Error(`the chunk at byte ${at} has a wrong checksum`);
  return { end, plain };
}

async function peer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new CliError("invalid-usage", `To read ${name.split("-")[0]} the npm package ${name} is needed.`, {
      cause,
      next: `npm install --global ${name}`,
    });
  }
}

const largestBody = 2 ** 31 - 1;
