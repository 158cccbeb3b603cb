/**
 * The bucket that a key belongs to, from the hashes of its columns; their order does not matter.
 *
 * protocol: MaxCompute Tunnel, upsert: the hashes' 32-bit sum, combined with itself shifted by 8; the sign bits cancel.
 */
export function bucketOf(hashes: Iterable<number>, bucketCount: number): number {
  let sum = 0;
  for (const hash of hashes) {
    sum = (sum + hash) | 0;
  }
  return combineHash(sum) % bucketCount;
}

/** Never negative. */
export function combineHash(sum: number): number {
  return sum ^ (sum >> 8);
}
