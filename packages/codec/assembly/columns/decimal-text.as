// Decimals of up to 256 bits -> text.

import { layoutOf, limitOf, scaleLimitOf, scaleOf, valuesOf } from "./node";
import { wholeAt } from "./numbers";

/** Layouts from this one on: two's complement of as many bytes as the layout's number says. */
// @ts-ignore
@inline const firstWide: u32 = 16;

/** Digits are written from behind, up to here. */
const digitsEnd: usize = memory.data(176, 16) + 144;
/** A number's magnitude, least significant word first. */
const words: usize = memory.data(32, 16);

/** What the last {@link findDecimal} left: where the text begins, and how many bytes it has. */
export let textStart: usize = 0;
export let textLength: u32 = 0;

/** False when it does not fit. Numbers that are not whole are told by `exact`. */
export function findDecimal(node: usize, index: u32): bool {
  const layout = layoutOf(node);
  let isNegative: bool;
  let at: usize;
  if (layout < firstWide) {
    const value = wholeAt(node, index);
    isNegative = value < 0;
    at = digitsOf(isNegative ? <u64>0 - <u64>value : <u64>value, digitsEnd);
  } else {
    isNegative = takeMagnitude(valuesOf(node) + <usize>(layout - firstWide) * index, layout - firstWide);
    at = digitsOfWords((layout - firstWide) >>> 2);
  }
  return finish(isNegative, at, scaleOf(node), scaleLimitOf(node), limitOf(node));
}

/** Puts the point and the sign to the digits. */
function finish(isNegative: bool, start: usize, scale: u32, scaleLimit: u32, integerDigits: u32): bool {
  let at = start;
  let end = digitsEnd;
  // At least one digit before the point.
  while (<u32>(end - at) <= scale) store<u8>(--at, 0x30);
  const whole = <u32>(end - at) - scale;
  if (whole > integerDigits + (load<u8>(at) == 0x30 ? 1 : 0)) return false;
  let fraction = scale;
  for (; fraction > scaleLimit; fraction--) if (load<u8>(--end) != 0x30) return false;
  if (fraction) {
    memory.copy(at - 1, at, whole);
    at--;
    store<u8>(at + whole, 0x2e);
  }
  if (isNegative) store<u8>(--at, 0x2d);
  textStart = at;
  textLength = <u32>(end - at);
  return true;
}

/** Writes a number's digits before `end`, and gives where they begin. */
function digitsOf(value: u64, end: usize): usize {
  let at = end;
  while (value >= 1000000000) {
    const high = value / 1000000000;
    putNine(<u32>(value - high * 1000000000), at);
    at -= 9;
    value = high;
  }
  let rest = <u32>value;
  do {
    const tenth = rest / 10;
    store<u8>(--at, 0x30 + (rest - tenth * 10));
    rest = tenth;
  } while (rest);
  return at;
}

function putNine(value: u32, end: usize): void {
  for (let at = end - 9; end > at; ) {
    const tenth = value / 10;
    store<u8>(--end, 0x30 + (value - tenth * 10));
    value = tenth;
  }
}

/** Puts a number's magnitude down, and says whether it is negative. */
function takeMagnitude(from: usize, bytes: u32): bool {
  const isNegative = load<i8>(from + bytes - 1) < 0;
  const flip: u32 = isNegative ? 0xffffffff : 0;
  let carry: u64 = isNegative ? 1 : 0;
  for (let offset: usize = 0; offset < <usize>bytes; offset += 4) {
    const sum = <u64>(load<u32>(from + offset) ^ flip) + carry;
    store<u32>(words + offset, <u32>sum);
    carry = sum >>> 32;
  }
  return isNegative;
}

/** The digits of {@link words}, nine at a time while there are more than 64 bits. */
function digitsOfWords(wordCount: u32): usize {
  let at = digitsEnd;
  let count = wordCount;
  while (true) {
    while (count > 2 && !load<u32>(words + (<usize>(count - 1) << 2))) count--;
    if (count <= 2) return digitsOf(count < 2 ? <u64>load<u32>(words) : load<u64>(words), at);
    let rest: u64 = 0;
    for (let word = words + (<usize>count << 2); word > words; ) {
      word -= 4;
      const part = (rest << 32) | <u64>load<u32>(word);
      const quotient = part / 1000000000;
      store<u32>(word, <u32>quotient);
      rest = part - quotient * 1000000000;
    }
    putNine(<u32>rest, at);
    at -= 9;
  }
}
