// Text of digits -> integers and doubles. Whatever is not plain enough is left to the host: nothing here guesses.

import { largestPower, powersOfFive, smallestPower } from "./powers-of-five";

/** What is not for the kernel to read. No column takes this value: the service keeps bigint -2^63 for itself. */
// @ts-ignore
@inline export const notPlain: i64 = i64.MIN_VALUE;

/** The same as the bits of a double: a NaN. */
// @ts-ignore
@inline export const notPlainBits: u64 = 0xffffffffffffffff;

/** Whether eight bytes are digits. */
// @ts-ignore
@inline
export function areDigits(bytes: u64): bool {
  return (
    ((bytes & 0xf0f0f0f0f0f0f0f0) | (((bytes + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >>> 4)) == 0x3333333333333333
  );
}

/** The number that eight digits make. */
// @ts-ignore
@inline
export function numberOf(digits: u64): u64 {
  digits = ((digits & 0x0f0f0f0f0f0f0f0f) * 2561) >>> 8;
  digits = ((digits & 0x00ff00ff00ff00ff) * 6553601) >>> 16;
  return ((digits & 0x0000ffff0000ffff) * 42949672960001) >>> 32;
}

/** The last 1 to 8 bytes before an end, with zeros before them. */
// @ts-ignore
@inline
function lastDigits(end: usize, count: u32): u64 {
  const shift: u64 = <u64>(8 - count) << 3;
  return ((load<u64>(end - 8) >>> shift) << shift) | (0x3030303030303030 & ((<u64>1 << shift) - 1));
}

/** `[+-]digits`, at most 19 of them. Reads up to 24 bytes before the end. */
export function wholeNumber(at: usize, end: usize): i64 {
  const sign = load<u8>(at);
  const isNegative = sign == 45;
  if (isNegative || sign == 43) at++;
  const count = <u32>(end - at);
  if (count - 1 < 8) {
    const digits = lastDigits(end, count);
    if (!areDigits(digits)) return notPlain;
    const value = <i64>numberOf(digits);
    return isNegative ? -value : value;
  }
  if (count - 1 > 18) return notPlain;
  const low = load<u64>(end - 8);
  if (count <= 16) {
    const high = lastDigits(end - 8, count - 8);
    if (!areDigits(low) || !areDigits(high)) return notPlain;
    const value = <i64>(numberOf(high) * 100000000 + numberOf(low));
    return isNegative ? -value : value;
  }
  const middle = load<u64>(end - 16);
  const high = lastDigits(end - 16, count - 16);
  if (!areDigits(low) || !areDigits(middle) || !areDigits(high)) return notPlain;
  const value = numberOf(high) * 10000000000000000 + numberOf(middle) * 100000000 + numberOf(low);
  if (value > 0x7fffffffffffffff) return notPlain;
  return isNegative ? -(<i64>value) : <i64>value;
}

const powersOfTen: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);

/** The bits of the double nearest to `[+-]digits[.digits][e[+-]digits]`, with at most 19 digits that count. */
export function doubleBits(at: usize, end: usize): u64 {
  const sign = load<u8>(at);
  const isNegative = sign == 45;
  if (isNegative || sign == 43) at++;
  const first = at;
  let digits: u64 = 0;
  while (at < end) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    digits = digits * 10 + digit;
    at++;
  }
  let count = <u32>(at - first);
  let exponent: i32 = 0;
  if (at < end && load<u8>(at) == 46) {
    const fraction = ++at;
    while (at + 8 <= end) {
      const eight = load<u64>(at);
      if (!areDigits(eight)) break;
      digits = digits * 100000000 + numberOf(eight);
      at += 8;
    }
    while (at < end) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) break;
      digits = digits * 10 + digit;
      at++;
    }
    const decimals = <u32>(at - fraction);
    count += decimals;
    exponent = -<i32>decimals;
  }
  if (!count) return notPlainBits;
  if (count > 19) {
    // Zeros in front do not count.
    for (let zero = first; zero < at && (load<u8>(zero) == 48 || load<u8>(zero) == 46); zero++) {
      if (load<u8>(zero) == 48) count--;
    }
    if (count > 19) return notPlainBits;
  }
  if (at < end) {
    if ((load<u8>(at) | 32) != 101) return notPlainBits;
    at++;
    let isSmall = false;
    if (at < end) {
      const mark = load<u8>(at);
      isSmall = mark == 45;
      if (isSmall || mark == 43) at++;
    }
    if (at >= end || end - at > 3) return notPlainBits;
    let power: i32 = 0;
    for (; at < end; at++) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) return notPlainBits;
      power = power * 10 + <i32>digit;
    }
    exponent += isSmall ? -power : power;
  }
  const signBit: u64 = isNegative ? 0x8000000000000000 : 0;
  if (!digits) return signBit;
  // Both exact, so that there is one rounding.
  if (digits <= 9007199254740992 && exponent >= -22 && exponent <= 22) {
    let value = <f64>digits;
    if (exponent < 0) value /= load<f64>(powersOfTen + (<usize>(-exponent) << 3));
    else value *= load<f64>(powersOfTen + (<usize>exponent << 3));
    return reinterpret<u64>(value) | signBit;
  }
  if (exponent < smallestPower || exponent > largestPower) return notPlainBits;
  return nearest(digits, exponent) | signBit;
}

/**
 * The double nearest to digits times a power of ten, by the method of Eisel and Lemire: the product with the power of
 * five to 128 bits, of which the highest are enough to round, but for ties that can be told.
 */
function nearest(digits: u64, exponent: i32): u64 {
  const leading = clz(digits);
  digits <<= leading;
  const power = powersOfFive + (<usize>(exponent - smallestPower) << 4);
  let low = digits * load<u64>(power);
  let high = highProduct(digits, load<u64>(power));
  if ((high & 0x1ff) == 0x1ff) {
    const more = highProduct(digits, load<u64>(power, 8));
    low += more;
    if (more > low) high++;
  }
  const upper = high >>> 63;
  const shift = upper + 9;
  let mantissa = high >>> shift;
  let binary = <i32>(((152170 + 65536) * exponent) >> 16) + 63 + <i32>upper - <i32>leading + 1023;
  if (binary <= 0 || binary >= 2046) return notPlainBits;
  // Exactly between two doubles: the even one.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~1;
  mantissa += mantissa & 1;
  mantissa >>>= 1;
  if (mantissa >= <u64>2 << 52) {
    mantissa = <u64>1 << 52;
    binary++;
  }
  return (mantissa & ~(<u64>1 << 52)) | (<u64>binary << 52);
}

// @ts-ignore
@inline
function highProduct(a: u64, b: u64): u64 {
  const al = a & 0xffffffff, ah = a >>> 32, bl = b & 0xffffffff, bh = b >>> 32;
  const low = al * bl, across = al * bh, other = ah * bl;
  const middle = (low >>> 32) + (across & 0xffffffff) + other;
  return ah * bh + (across >>> 32) + (middle >>> 32);
}

/** Whether text is `-?digits[.digits]` with at most so many digits on either side of the point. */
export function isPlainDecimal(at: usize, end: usize, integerDigits: u32, scale: u32): bool {
  if (load<u8>(at) == 45) at++;
  const first = at;
  while (at < end && load<u8>(at) == 48) at++;
  const significant = at;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  if (at == first || <u32>(at - significant) > integerDigits) return false;
  if (at == end) return true;
  if (load<u8>(at) != 46) return false;
  const fraction = ++at;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  return at == end && at > fraction && <u32>(at - fraction) <= scale;
}

/** 1 for `true` and `1`, 0 for `false` and `0`, in any case; 2 for all else. */
// @ts-ignore
@inline
export function plainBoolean(at: usize, length: u32): u32 {
  const word = load<u64>(at);
  if (length == 4 && (<u32>word | 0x20202020) == 0x65757274) return 1;
  if (length == 5 && ((word & 0xffffffffff) | 0x2020202020) == 0x65736c6166) return 0;
  if (length == 1) {
    const digit = (<u32>word & 0xff) - 48;
    if (digit < 2) return digit;
  }
  return 2;
}
