// A node describes one column, or what lists, maps and structs are made of: where its buffers lie and what becomes of
// its values. Nodes are the host's to write; all addresses and counts are words.

/** What a node's values become on the wire. */
// @ts-ignore
@inline export const opNull: u32 = 0;
/** A whole number within a range: of 64 bits as it is, or of any number. */
// @ts-ignore
@inline export const opInt64: u32 = 1;
// @ts-ignore
@inline export const opWhole: u32 = 2;
// @ts-ignore
@inline export const opDouble: u32 = 3;
// @ts-ignore
@inline export const opReal: u32 = 4;
// @ts-ignore
@inline export const opFloat: u32 = 5;
// @ts-ignore
@inline export const opBoolean: u32 = 6;
/** Bytes between 32-bit offsets as they are; bytes in any layout, held against a limit. */
// @ts-ignore
@inline export const opBytes: u32 = 7;
// @ts-ignore
@inline export const opCheckedBytes: u32 = 8;
/** A time counted in another unit, times a factor or divided by a divisor without a rest. */
// @ts-ignore
@inline export const opTimes: u32 = 9;
// @ts-ignore
@inline export const opDivided: u32 = 10;
/** Seconds and nanoseconds out of one count of a unit, or out of two children. */
// @ts-ignore
@inline export const opInstant: u32 = 11;
// @ts-ignore
@inline export const opTwoParts: u32 = 12;
// @ts-ignore
@inline export const opDecimal: u32 = 13;
// @ts-ignore
@inline export const opList: u32 = 14;
// @ts-ignore
@inline export const opMap: u32 = 15;
// @ts-ignore
@inline export const opStruct: u32 = 16;
// @ts-ignore
@inline export const opVector: u32 = 17;
/** An index into the child. */
// @ts-ignore
@inline export const opIndex: u32 = 18;

/** Bytes of a node. */
// @ts-ignore
@inline export const nodeBytes: usize = 96;

// @ts-ignore
@inline
export function opOf(node: usize): u32 {
  return load<u32>(node);
}

/** How a number, or where a value's bytes or elements, are found: see numbers and ranges. */
// @ts-ignore
@inline
export function layoutOf(node: usize): u32 {
  return load<u32>(node, 4);
}

/** Whether a value is there. */
// @ts-ignore
@inline
export function isValid(node: usize, index: u32): bool {
  const bitmap = load<u32>(node, 8);
  return !bitmap || bitAt(bitmap, load<u32>(node, 12) + index);
}

// @ts-ignore
@inline
export function bitAt(bitmap: usize, bit: u32): bool {
  return <bool>((load<u8>(bitmap + (bit >>> 3)) >>> (bit & 7)) & 1);
}

/** The first bit of a slice's bitmaps. */
// @ts-ignore
@inline
export function firstBitOf(node: usize): u32 {
  return load<u32>(node, 12);
}

// @ts-ignore
@inline
export function valuesOf(node: usize): usize {
  return <usize>load<u32>(node, 16);
}

/** Address of the offsets; of values that all have one width or lists of one size, that. */
// @ts-ignore
@inline
export function offsetsOf(node: usize): u32 {
  return load<u32>(node, 20);
}

/** The offset of the first byte or element that is there. */
// @ts-ignore
@inline
export function firstOf(node: usize): u64 {
  return load<u64>(node, 24);
}

/** How many bytes or elements are there. */
// @ts-ignore
@inline
export function sizeOf(node: usize): u32 {
  return load<u32>(node, 32);
}

// @ts-ignore
@inline
export function childOf(node: usize): usize {
  return <usize>load<u32>(node, 36);
}

// @ts-ignore
@inline
export function childCountOf(node: usize): u32 {
  return load<u32>(node, 40);
}

/** Most characters; digits before the point; elements of a vector. */
// @ts-ignore
@inline
export function limitOf(node: usize): u32 {
  return load<u32>(node, 44);
}

/** Digits after the point that there may be. */
// @ts-ignore
@inline
export function scaleLimitOf(node: usize): u32 {
  return load<u32>(node, 48);
}

/** Digits after the point that there are; 1 for a vector of doubles. */
// @ts-ignore
@inline
export function scaleOf(node: usize): u32 {
  return load<u32>(node, 52);
}

/** The column's tag. */
// @ts-ignore
@inline
export function tagOf(node: usize): u32 {
  return load<u32>(node, 56);
}

/** Whether the column is NOT NULL. */
// @ts-ignore
@inline
export function isRequired(node: usize): bool {
  return load<u32>(node, 60) != 0;
}

// @ts-ignore
@inline
export function minOf(node: usize): i64 {
  return load<i64>(node, 64);
}

// @ts-ignore
@inline
export function maxOf(node: usize): i64 {
  return load<i64>(node, 72);
}

/** The factor or divisor of a time. */
// @ts-ignore
@inline
export function unitOf(node: usize): i64 {
  return load<i64>(node, 80);
}
