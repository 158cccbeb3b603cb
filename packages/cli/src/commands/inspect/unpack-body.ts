import { promisify } from "node:util";
import { gunzip, inflate, zstdDecompress } from "node:zlib";
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

/** Takes the compression off a body; which one it is, its first bytes tell. */
export async function unpackBody(body: Uint8Array): Promise<UnpackedBody> {
  const compression = sniffCompression(body);
  if (compression === "none") return { compression, bytes: body, fault: undefined };
  try {
    return { compression, bytes: await unpackers[compression](body), fault: undefined };
  } catch (error) {
    if (error instanceof CliError) throw error;
    // Two bytes may look like zlib's by chance; a record stream that begins so is one.
    if (compression === "deflate" && body[0] === 0x78 && (await isNoZlib(body))) {
      return { compression: "none", bytes: body, fault: undefined };
    }
    const reason = error instanceof Error ? error.message : String(error);
    return { compression, bytes: new Uint8Array(0), fault: `its ${compression} data is damaged: ${reason}` };
  }
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

const unpackers: Readonly<
  Record<Exclude<BodyCompression, "none">, (body: Uint8Array) => Promise<Uint8Array>>
> = {
  deflate: promisify(inflate),
  gzip: promisify(gunzip),
  zstd: promisify(zstdDecompress),
  snappy: unpackSnappy,
  lz4: async (body) => {
    const { decompressFrame } = await peer("lz4-napi", () => import("lz4-napi"));
    return await decompressFrame(Buffer.from(body.buffer, body.byteOffset, body.length));
  },
};

/** Whether not even the first piece can be inflated. */
async function isNoZlib(body: Uint8Array): Promise<boolean> {
  const { createInflate } = await import("node:zlib");
  return await new Promise<boolean>((resolve) => {
    const stream = createInflate();
    stream.once("data", () => resolve(false));
    stream.once("error", () => resolve(true));
    stream.end(body);
  });
}

/** The framing format: chunks of a type, a length of 24 bits and, for data, a masked CRC-32C of the plain bytes. */
async function unpackSnappy(body: Uint8Array): Promise<Uint8Array> {
  const { uncompress } = await peer("snappy", () => import("snappy"));
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    if (at + 4 > body.length) throw new Error(`a chunk breaks off at byte ${at}`);
    const type = body[at]!;
    const length = view.getUint32(at, true) >>> 8;
    const end = at + 4 + length;
    if (end > body.length) throw new Error(`the chunk at byte ${at} breaks off`);
    if (type <= 1) {
      const payload = body.subarray(at + 8, end);
      const piece = type === 1 ? payload : ((await uncompress(Buffer.from(payload))) as Buffer);
      const crc = crc32c(piece);
      const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
      if (masked !== view.getUint32(at + 4, true))
        throw new Error(`the chunk at byte ${at} has a wrong checksum`);
      pieces.push(piece);
    } else if (type < 0x80) throw new Error(`the chunk at byte ${at} has the unknown type ${type}`);
    at = end;
  }
  return Buffer.concat(pieces);
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
