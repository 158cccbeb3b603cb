// A value that is not NULL -> its bytes on the wire, without a tag, and its part of the record's checksum.

import { feed4, feedBytes } from "../crc-feeds";
import { byBytes, foldBytes } from "../crc-fold";
import { four0, four4 } from "../crc-tables";
import { crcTables } from "../layout";
import { copyText } from "../text";
import { putSmall, putVarint, zigzag } from "../varint";
import { findDecimal, textLength, textStart } from "./decimal-text";
import {
  bitAt,
  childCountOf,
  childOf,
  firstBitOf,
  isValid,
  layoutOf,
  limitOf,
  maxOf,
  minOf,
  nodeBytes,
  opBoolean,
  opBytes,
  opCheckedBytes,
  opDecimal,
  opDivided,
  opDouble,
  opFloat,
  opIndex,
  opInstant,
  opInt64,
  opList,
  opMap,
  opNull,
  opOf,
  opReal,
  opStruct,
  opTimes,
  opTwoParts,
  opVector,
  opWhole,
  scaleLimitOf,
  scaleOf,
  sizeOf,
  unitOf,
  valuesOf,
} from "./node";
import { exact, floatOf, realAt, startExact, wholeAt } from "./numbers";
import { findRange, rangeLength, rangeStart } from "./ranges";

/** Layout of bytes that have to be a decimal, plus where they lie. */
// @ts-ignore
@inline const decimalCheck: u32 = 1;
// @ts-ignore
@inline const charactersCheck: u32 = 2;

/** Running checksum of the record. */
export let state: u32 = 0;
/** Whether the last value did not fit into the output, as opposed to not being taken. */
export let isFull: bool = false;

let outLimit: usize = 0;
let maxFieldBytes: u32 = 0;

export function startValues(limit: usize, fieldBytes: u32): void {
  outLimit = limit;
  maxFieldBytes = fieldBytes;
  isFull = false;
  startExact();
}

// @ts-ignore
@inline
export function setState(next: u32): void {
  state = next;
}

// @ts-ignore
@inline
function feed8(value: u64): void {
  state = four4(state ^ <u32>value) ^ four0(<u32>(value >>> 32));
}

/** Writes a value; 0 when it was not. What it needs beyond 24 bytes, it holds against the output's limit. */
export function putValue(node: usize, index: u32, at: usize): usize {
  if (at > outLimit) return full();
  switch (opOf(node)) {
    case opInt64:
      return putWhole(node, load<i64>(valuesOf(node) + (<usize>index << 3)), at);
    case opWhole:
      return putWhole(node, wholeAt(node, index), at);
    case opTimes: {
      const value = wholeAt(node, index);
      const unit = unitOf(node);
      // What overflows lies far outside the range.
      if (value > 9007199254740991 / unit || value < -9007199254740991 / unit) return 0;
      return putWhole(node, value * unit, at);
    }
    case opDivided: {
      const value = wholeAt(node, index);
      const unit = unitOf(node);
      const quotient = value / unit;
      return quotient * unit == value ? putWhole(node, quotient, at) : 0;
    }
    case opDouble:
      return putDouble(load<f64>(valuesOf(node) + (<usize>index << 3)), at);
    case opReal:
      return putDouble(realAt(node, index), at);
    case opFloat:
      return putFloat(floatOf(node, index), at);
    case opBoolean: {
      const flag: u32 = bitAt(valuesOf(node), firstBitOf(node) + index) ? 1 : 0;
      state = load<u32>(((state ^ flag) & 255) << 2, crcTables) ^ (state >>> 8);
      store<u8>(at, flag);
      return at + 1;
    }
    case opBytes:
    case opCheckedBytes: {
      if (!findRange(node, index)) return 0;
      const from = valuesOf(node) + rangeStart;
      if (opOf(node) == opCheckedBytes && !passes(node, from, rangeLength)) return 0;
      return putBytes(from, rangeLength, at);
    }
    case opDecimal:
      return findDecimal(node, index) ? putBytes(textStart, textLength, at) : 0;
    case opInstant: {
      const value = load<i64>(valuesOf(node) + (<usize>index << 3));
      const unit = unitOf(node);
      let seconds = value / unit;
      let rest = value - seconds * unit;
      if (rest < 0) {
        rest += unit;
        seconds--;
      }
      return putInstant(node, seconds, <u32>(rest * (1000000000 / unit)), at);
    }
    case opTwoParts: {
      const first = childOf(node);
      const second = first + nodeBytes;
      if (!isValid(first, index) || !isValid(second, index)) return 0;
      const nanos = load<i32>(valuesOf(second) + (<usize>index << 2));
      if (<u32>nanos > 999999999) return 0;
      return putInstant(node, load<i64>(valuesOf(first) + (<usize>index << 3)), nanos, at);
    }
    case opIndex: {
      const inner = wholeAt(node, index);
      return <u64>inner < <u64>sizeOf(node) ? putValue(childOf(node), <u32>inner, at) : 0;
    }
    case opList:
      if (!findRange(node, index)) return 0;
      return putElements(childOf(node), rangeStart, rangeLength, putSmall(at, rangeLength));
    case opMap: {
      if (!findRange(node, index)) return 0;
      const first = rangeStart;
      const count = rangeLength;
      const keys = childOf(node);
      const next = putElements(keys, first, count, putSmall(at, count));
      return next ? putElements(keys + nodeBytes, first, count, putSmall(next, count)) : 0;
    }
    case opStruct: {
      let child = childOf(node);
      let next = at;
      for (let left = childCountOf(node); left; left--) {
        next = putElements(child, index, 1, next);
        if (!next) return 0;
        child += nodeBytes;
      }
      return next;
    }
    case opVector:
      return putVector(node, index, at);
    default:
      return 0;
  }
}

export function markFull(): void {
  isFull = true;
}

function full(): usize {
  isFull = true;
  return 0;
}

/** Whether a value is there, also behind a dictionary's index. */
// @ts-ignore
@inline
export function isThere(node: usize, index: u32): bool {
  const op = opOf(node);
  if (op == opNull || !isValid(node, index)) return false;
  return op != opIndex || isIndexThere(node, index);
}

function isIndexThere(node: usize, index: u32): bool {
  const inner = wholeAt(node, index);
  // An index beyond the dictionary is found when its value is looked for.
  return <u64>inner >= <u64>sizeOf(node) || isThereRecursive(childOf(node), <u32>inner);
}

function isThereRecursive(node: usize, index: u32): bool {
  return isThere(node, index);
}

/** Values behind their null flags. */
function putElements(node: usize, first: u32, count: u32, start: usize): usize {
  let at = start;
  for (let index = first, end = first + count; index < end; index++) {
    if (at > outLimit) return full();
    const isNull = !isThere(node, index);
    store<u8>(at, isNull ? 1 : 0);
    at++;
    if (isNull) continue;
    at = putValue(node, index, at);
    if (!at) return 0;
  }
  return at;
}

/** Elements as they are, none of them NULL. */
function putVector(node: usize, index: u32, start: usize): usize {
  if (!findRange(node, index) || rangeLength != limitOf(node)) return 0;
  const child = childOf(node);
  const isDouble = scaleOf(node) != 0;
  let at = putSmall(start, rangeLength);
  for (let inner = rangeStart, end = inner + rangeLength; inner < end; inner++) {
    if (at > outLimit) return full();
    if (!isThere(child, inner)) return 0;
    at = isDouble ? putDouble(realAt(child, inner), at) : putFloat(floatOf(child, inner), at);
    if (!at) return 0;
  }
  return at;
}

// @ts-ignore
@inline
function putWhole(node: usize, value: i64, at: usize): usize {
  if (!exact || value < minOf(node) || value > maxOf(node)) return 0;
  feed8(value);
  return putVarint(at, zigzag(value));
}

// @ts-ignore
@inline
function putDouble(value: f64, at: usize): usize {
  if (!exact) return 0;
  const bits: u64 = value == value ? reinterpret<u64>(value) : 0x7ff8000000000000;
  feed8(bits);
  store<u64>(at, bits);
  return at + 8;
}

// @ts-ignore
@inline
function putFloat(value: f32, at: usize): usize {
  if (!exact) return 0;
  const bits: u32 = value == value ? reinterpret<u32>(value) : 0x7fc00000;
  state = feed4(state, bits);
  store<u32>(at, bits);
  return at + 4;
}

// @ts-ignore
@inline
function putInstant(node: usize, seconds: i64, nanos: u32, at: usize): usize {
  if (seconds < minOf(node) || seconds > maxOf(node)) return 0;
  feed8(seconds);
  state = feed4(state, nanos);
  return putVarint(putVarint(at, zigzag(seconds)), zigzag(nanos));
}

// @ts-ignore
@inline
function putBytes(from: usize, length: u32, at: usize): usize {
  if (!exact || length > maxFieldBytes) return 0;
  if (at + length > outLimit) return full();
  const to = putSmall(at, length);
  copyText(to, from, length);
  state = length < byBytes ? feedBytes(state, to, length) : foldBytes(state, to, length);
  return to + length;
}

function passes(node: usize, from: usize, length: u32): bool {
  const check = scaleOf(node);
  if (check == decimalCheck) return isPlainDecimal(from, length, limitOf(node), scaleLimitOf(node));
  if (check == charactersCheck) return hasAtMostCharacters(from, length, limitOf(node));
  return true;
}

function hasAtMostCharacters(from: usize, length: u32, limit: u32): bool {
  if (length <= limit) return true;
  if (length > limit * 4) return false;
  let characters: u32 = 0;
  for (let at = from, end = from + length; at < end; at++) characters += (load<u8>(at) & 0xc0) != 0x80 ? 1 : 0;
  return characters <= limit;
}

function isPlainDecimal(from: usize, length: u32, integerDigits: u32, scale: u32): bool {
  let at = from;
  const end = at + length;
  if (length && load<u8>(at) == 0x2d) at++;
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
