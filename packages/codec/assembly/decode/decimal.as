// Decimal text -> 128-bit numbers.

import { isPlainDecimal } from "../plain-decimal";

/** The number read last, in two's complement. */
export let decimalLow: u64 = 0;
export let decimalHigh: u64 = 0;

/** Reads a text that {@link isPlainDecimal}, of at most 38 digits, times ten to the power of its scale. */
export function readDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  return integerDigits + scale < 18 && length < 18
    ? readShort(at, length, integerDigits, scale)
    : readLong(at, length, integerDigits, scale);
}

/** Of so few digits that all of them fit 64 bits. */
function readShort(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  const end = at + length;
  const isNegative = length != 0 && load<u8>(at) == 0x2d;
  if (isNegative) at++;
  const first = at;
  let value: u64 = 0;
  let digit: u32 = 0;
  while (at < end && (digit = <u32>load<u8>(at) - 48) < 10) {
    value = value * 10 + digit;
    at++;
  }
  const whole = <u32>(at - first);
  if (!whole || whole > integerDigits + (load<u8>(first) == 0x30 ? 1 : 0)) return false;
  let missing = scale;
  if (at < end) {
    if (load<u8>(at) != 0x2e) return false;
    const fraction = ++at;
    while (at < end && (digit = <u32>load<u8>(at) - 48) < 10) {
      value = value * 10 + digit;
      at++;
    }
    const digits = <u32>(at - fraction);
    if (at != end || !digits || digits > scale) return false;
    missing -= digits;
  }
  while (missing--) value *= 10;
  decimalLow = isNegative ? -value : value;
  decimalHigh = isNegative && value ? -1 : 0;
  return true;
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
