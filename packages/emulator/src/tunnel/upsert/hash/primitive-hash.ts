import type { HasherName } from "../../../storage/state.ts";

/** The two hashes that all others are made of. Results are signed 32-bit numbers. */
export interface PrimitiveHash {
  /** Hash of a signed 64-bit number. */
  long(value: bigint): number;
  /** Hash of bytes, each taken as a signed number. */
  bytes(value: Uint8Array): number;
}

/**
 * protocol: MaxCompute Tunnel, upsert, hash functions: two's complement arithmetic that wraps around, shifts that keep
 * the sign.
 */
export const primitiveHashes: Readonly<Record<HasherName, PrimitiveHash>> = {
  default: {
    long(value) {
      let hash = BigInt.asIntN(64, ~value + (value << 18n));
      hash ^= hash >> 31n;
      hash = BigInt.asIntN(64, hash * 21n);
      hash ^= hash >> 11n;
      hash = BigInt.asIntN(64, hash + (hash << 6n));
      hash ^= hash >> 22n;
      return Number(BigInt.asIntN(32, hash));
    },
    bytes(value) {
      let hash = 0;
      for (const byte of value) {
        hash = (hash + signed(byte)) | 0;
        hash = (hash + (hash << 10)) | 0;
        hash ^= hash >> 6;
      }
      hash = (hash + (hash << 3)) | 0;
      hash ^= hash >> 11;
      return (hash + (hash << 15)) | 0;
    },
  },
  legacy: {
    long: (value) => Number(BigInt.asIntN(32, (value >> 32n) ^ value)),
    bytes(value) {
      let hash = 0;
      for (const byte of value) {
        hash = (Math.imul(hash, 31) + signed(byte)) | 0;
      }
      return hash;
    },
  },
};

function signed(byte: number): number {
  return (byte << 24) >> 24;
}
