/**
 * 64-bit integers as two 32-bit words, which is how they are written, read and checksummed: protobufjs takes a
 * `bigint` for zero without a word, and words cost no allocation.
 *
 * The functions leave their result in {@link int64}: read it before calling the next one.
 */
export const int64: { low: number; high: number } = { low: 0, high: 0 };

const scratch: DataView = /*@__PURE__*/ new DataView(/*@__PURE__*/ new ArrayBuffer(8));
const two32 = 2 ** 32;

/** Splits a bigint; false when it does not fit 64 bits. */
export function splitBigint(value: bigint): boolean {
  scratch.setBigInt64(0, value, true);
  if (scratch.getBigInt64(0, true) !== value) return false;
  int64.low = scratch.getInt32(0, true);
  int64.high = scratch.getInt32(4, true);
  return true;
}

/** Splits a whole number of at most 53 bits. */
export function splitNumber(value: number): void {
  int64.low = value | 0;
  int64.high = Math.floor(value * (1 / two32)) | 0;
}

/** Joins two words to a signed bigint. */
export function joinBigint(low: number, high: number): bigint {
  if (high === low >> 31) return BigInt(low);
  scratch.setInt32(0, low, true);
  scratch.setInt32(4, high, true);
  return scratch.getBigInt64(0, true);
}

/** Joins two words to a number, exact up to 53 bits. */
export function joinNumber(low: number, high: number): number {
  return high * two32 + (low >>> 0);
}
