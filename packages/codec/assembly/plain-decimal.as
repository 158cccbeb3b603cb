// Decimal text in its commonest form.

/** Whether a text is `-?digits[.digits]`, of no more digits than that. Reads up to 15 bytes beyond the end. */
// @ts-ignore
@inline
export function isPlainDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  return length < 16
    ? isShortDecimal(at, length, integerDigits, scale)
    : isLongDecimal(at, length, integerDigits, scale);
}

/** Of the short text looked at last: its digits before the point and behind it. */
export let wholeDigits: u32 = 0;
export let fractionDigits: u32 = 0;

/** Of a vector: its digits are a bit each. Of up to 15 bytes. */
export function isShortDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  const digits = <u32>i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(0x30)), i8x16.splat(10)));
  const first = <u32>(load<u8>(at) == 0x2d);
  // What is no digit, with the end as the last of it.
  const others = <u32>(~digits | (1 << length)) & ((2 << length) - 1) & ~first;
  const whole = <u32>ctz(others) - first;
  if (!whole || whole > integerDigits + (load<u8>(at + first) == 0x30 ? 1 : 0)) return false;
  wholeDigits = whole;
  fractionDigits = 0;
  const point = first + whole;
  if (point >= length) return point == length;
  const fraction = length - point - 1;
  fractionDigits = fraction;
  return load<u8>(at + point) == 0x2e && others == ((1 << point) | (1 << length)) && fraction != 0 && fraction <= scale;
}

function isLongDecimal(at: usize, length: u32, integerDigits: u32, scale: u32): bool {
  const end = at + length;
  if (load<u8>(at) == 0x2d) at++;
  const first = at;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  const whole = <u32>(at - first);
  if (!whole || whole > integerDigits + (load<u8>(first) == 0x30 ? 1 : 0)) return false;
  if (at == end) return true;
  if (load<u8>(at) != 0x2e) return false;
  const fraction = ++at;
  while (at < end && <u32>load<u8>(at) - 48 < 10) at++;
  return at == end && at > fraction && <u32>(at - fraction) <= scale;
}
