// Decimal text -> 128-bit numbers.

import { fractionDigits, isPlainDecimal, isShortDecimal, wholeDigits } from "../plain-decimal";
import { fours, nines, places, tens, wholes, zeros } from "./constant-vectors";
import { powerOfTen } from "./large-numbers";

/** The number read last, in two's complement. */
export let decimalLow: u64 = 0;
export let decimalHigh: u64 = 0;

/** Reads a text that {@link isPlainDecimal}, of at most 38 digits, times ten to the power of its scale. */
// @ts-ignore
@inline
export function readDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  if (length > 15) return readLong(at, length, integerDigits, scale);
  if (!isShortDecimal(at, length, integerDigits, scale)) return false;
  // So few digits that all of them fit 64 bits.
  if (wholeDigits + scale > 18) return readLong(at, length, integerDigits, scale);
  const raw = i8x16.sub(v128.load(at), v128.load(zeros));
  const digits = v128.and(raw, i8x16.le_u(raw, v128.load(nines)));
  const value = shortDigits(digits, length, fractionDigits) * powerOfTen(scale - fractionDigits);
  const sign = -(<i64>(load<u8>(at) == 0x2d));
  decimalLow = (value ^ sign) - sign;
  decimalHigh = value ? sign : 0;
  return true;
}

/** The digits of a text of up to 15 bytes as a number: what is none of them is 0, and the point is left out. */
// @ts-ignore
@inline
export function shortDigits(digits: v128, length: u32, fraction: u32): u64 {
  // They go to the end of the vector: those behind the point as they are, the others a place further.
  const further = v128.load(wholes + <usize>(fraction ? fraction : <u32>16));
  const aligned = i8x16.swizzle(digits, i8x16.add(v128.load(places + <usize>length), further));
  // Two and two, with a vector's lanes as wide as they then need to be.
  const ten = v128.load(tens);
  const pairs = i16x8.narrow_i32x4_s(
    i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(aligned), ten),
    i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(aligned), ten),
  );
  const parts = i32x4.dot_i16x8_s(pairs, v128.load(fours));
  const sums = i32x4.add(parts, v128.shuffle<i32>(parts, parts, 1, 0, 3, 2));
  return (<u64>i64x2.extract_lane(sums, 0) & 0xffffffff) * 100000000 + (<u64>i64x2.extract_lane(sums, 1) & 0xffffffff);
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
