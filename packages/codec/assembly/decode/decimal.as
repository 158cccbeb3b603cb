// Decimal text -> 128-bit numbers.

import { fractionDigits, isPlainDecimal, isShortDecimal, wholeDigits } from "../plain-decimal";

/** The number read last, in two's complement. */
export let decimalLow: u64 = 0;
export let decimalHigh: u64 = 0;

const powersOfTen: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
]);

/** Reads a text that {@link isPlainDecimal}, of at most 38 digits, times ten to the power of its scale. */
// @ts-ignore
@inline
export function readDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  if (length > 15) return readLong(at, length, integerDigits, scale);
  if (!isShortDecimal(at, length, integerDigits, scale)) return false;
  // So few digits that all of them fit 64 bits.
  if (wholeDigits + scale > 18) return readLong(at, length, integerDigits, scale);
  const value = shortDigits(at, length) * load<u64>(powersOfTen + (<usize>(scale - fractionDigits) << 3));
  const sign = -(<i64>(load<u8>(at) == 0x2d));
  decimalLow = (value ^ sign) - sign;
  decimalHigh = value ? sign : 0;
  return true;
}

/** The digits of the short text looked at last as a number, of a vector: its point is left out. */
// @ts-ignore
@inline
function shortDigits(at: usize, length: u32): u64 {
  const text = i8x16.sub(v128.load(at), i8x16.splat(0x30));
  const digits = v128.and(text, i8x16.lt_u(text, i8x16.splat(10)));
  // They go to the end of the vector: those behind the point as they are, the others a place further.
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const isWhole = i8x16.lt_s(lanes, i8x16.splat(<i8>(16 - fractionDigits)));
  const further = v128.and(isWhole, i8x16.splat(-(<i8>(fractionDigits != 0))));
  const from = i8x16.add(i8x16.add(lanes, i8x16.splat(<i8>length - 16)), further);
  const aligned = i8x16.swizzle(digits, from);
  // Two and two, with a vector's lanes as wide as they then need to be.
  const tens = i16x8(1000, 100, 10, 1, 1000, 100, 10, 1);
  const fours = i16x8.narrow_i32x4_s(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(aligned), tens),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(aligned), tens),
  );
  const parts = i32x4.dot_i16x8_s(fours, i16x8(10000, 10000, 1, 1, 10000, 10000, 1, 1));
  const high = <u32>(i32x4.extract_lane(parts, 0) + i32x4.extract_lane(parts, 1));
  const low = <u32>(i32x4.extract_lane(parts, 2) + i32x4.extract_lane(parts, 3));
  return <u64>high * 100000000 + <u64>low;
}

function readLong(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  if (!isPlainDecimal(at, length, integerDigits, scale)) return false;
  const end = at + length;
  const isNegative = load<u8>(at) == 0x2d;
  if (isNegative) at++;
  decimalLow = 0;
  decimalHigh = 0;
  let digits: u64 = 0;
  let power: u64 = 1;
  let missing = scale;
  let isFraction = false;
  for (; at < end; at++) {
    const digit = <u64>load<u8>(at) - 48;
    if (digit > 9) {
      isFraction = true;
      continue;
    }
    if (isFraction) missing--;
    digits = digits * 10 + digit;
    power *= 10;
    if (power == 1000000000000000000) {
      append(power, digits);
      digits = 0;
      power = 1;
    }
  }
  while (missing) {
    digits *= 10;
    power *= 10;
    missing--;
    if (power == 1000000000000000000) {
      append(power, digits);
      digits = 0;
      power = 1;
    }
  }
  append(power, digits);
  if (isNegative) {
    decimalLow = ~decimalLow + 1;
    decimalHigh = ~decimalHigh + (decimalLow ? 0 : 1);
  }
  return true;
}

/** Times a power of ten, plus the digits below it. */
// @ts-ignore
@inline
function append(power: u64, digits: u64): void {
  if (!(decimalLow | decimalHigh)) {
    decimalLow = digits;
    return;
  }
  const low = decimalLow & 0xffffffff;
  const high = decimalLow >>> 32;
  const powerLow = power & 0xffffffff;
  const powerHigh = power >>> 32;
  const first = low * powerLow;
  const second = high * powerLow + (first >>> 32);
  const third = low * powerHigh + (second & 0xffffffff);
  const product = (third << 32) | (first & 0xffffffff);
  decimalHigh = decimalHigh * power + high * powerHigh + (second >>> 32) + (third >>> 32);
  decimalLow = product + digits;
  if (decimalLow < product) decimalHigh++;
}
