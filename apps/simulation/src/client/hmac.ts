import { hash } from "node:crypto";
import type { SyncHmac } from "@maxcompute-tunnel/transport/signing";

/** Keyed hashes that never wait, since a pool of threads has no order; in one call each, since there are many. */
export const quickHmac: SyncHmac = {
  sha1: (key, data) => hmac("sha1", key, data),
  sha256: (key, data) => hmac("sha256", key, data),
};

/** Bytes that both hashes take at a time. */
const blockBytes = 64;

/** RFC 2104. */
function hmac(algorithm: "sha1" | "sha256", key: Uint8Array, data: Uint8Array): Uint8Array {
  const plain = key.length > blockBytes ? hash(algorithm, key, "buffer") : key;
  const inner = Buffer.alloc(blockBytes + data.length, 0x36);
  const outerHead = Buffer.alloc(blockBytes, 0x5c);
  for (const [index, byte] of plain.entries()) {
    inner[index] = byte ^ 0x36;
    outerHead[index] = byte ^ 0x5c;
  }
  inner.set(data, blockBytes);
  return hash(algorithm, Buffer.concat([outerHead, hash(algorithm, inner, "buffer")]), "buffer");
}
