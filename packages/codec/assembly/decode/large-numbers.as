// Arithmetic of numbers near 64 bits.

const powersOfTen: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
]);

// @ts-ignore
@inline
export function powerOfTen(exponent: u32): u64 {
  return load<u64>(powersOfTen + (<usize>exponent << 3));
}

/** The upper half of a product of 128 bits. */
// @ts-ignore
@inline
export function highProduct(first: u64, second: u64): u64 {
  const low = first & 0xffffffff;
  const high = first >>> 32;
  const secondLow = second & 0xffffffff;
  const secondHigh = second >>> 32;
  const middle = high * secondLow + ((low * secondLow) >>> 32);
  return high * secondHigh + (middle >>> 32) + ((low * secondHigh + (middle & 0xffffffff)) >>> 32);
}
