// A column as the host describes it: 64 bytes, of words unless said otherwise.
//
//   0 tag    4 kind    8 size    12 scale    16 least (i64)    24 most, less the least (u64)
//  32 address of the values    36 address of the flags    40 address of further values    44 address of the type
//
// The kernel writes, from these:
//
//  52 the tag as it is looked for, see tagWordOf    60 the width of a value, as a number of shifts
//
// and once the records are laid out:
//
//  48 number of NULLs    56 whether a text had more than ASCII
//
// A flag is a byte a row: 1 where there is a value, 0 for NULL. The room behind every array is the host's business:
// it is there for so many rows as the host lets the kernel lay out, and for vector stores beyond them.

// @ts-ignore
@inline export const columnBytes: usize = 64;

// How values are laid out, and what `size` and `scale` then say.
/** A whole number within a range, in 1, 2, 4 or 8 bytes (size: 0, 1, 2 or 3). */
// @ts-ignore
@inline export const kindInteger: u32 = 0;
// @ts-ignore
@inline export const kindDouble: u32 = 1;
// @ts-ignore
@inline export const kindFloat: u32 = 2;
/** A byte a row. */
// @ts-ignore
@inline export const kindBoolean: u32 = 3;
/**
 * Bytes that may be any. They are put one behind the other at the address of further values; the values are words: where
 * each begins among them, and where the last one ends.
 */
// @ts-ignore
@inline export const kindBytes: u32 = 4;
/** The same of bytes that are UTF-8. */
// @ts-ignore
@inline export const kindText: u32 = 5;
/** The same of `-?digits[.digits]`: size is the digits before the point at most, scale those behind it. */
// @ts-ignore
@inline export const kindDecimalText: u32 = 6;
/** A 128-bit number with so many digits behind the point. */
// @ts-ignore
@inline export const kindDecimal: u32 = 7;
/** Seconds within a range (i64); the nanoseconds among the further values (words). */
// @ts-ignore
@inline export const kindInstant: u32 = 8;
/** Nanoseconds since 1970 (i64); least and most are of the seconds, such that all of their nanoseconds fit. */
// @ts-ignore
@inline export const kindNanoseconds: u32 = 9;
/** Address and length of `size` elements of `scale` bytes behind their number; the address is the first element's. */
// @ts-ignore
@inline export const kindVector: u32 = 10;
/** Address and length of an array, map or struct. The host looks at what is in it: only its bytes are fed here. */
// @ts-ignore
@inline export const kindNested: u32 = 11;

// @ts-ignore
@inline export function tagOf(column: usize): u32 { return load<u32>(column); }
// @ts-ignore
@inline export function kindOf(column: usize): u32 { return load<u32>(column, 4); }
// @ts-ignore
@inline export function sizeOf(column: usize): u32 { return load<u32>(column, 8); }
// @ts-ignore
@inline export function scaleOf(column: usize): u32 { return load<u32>(column, 12); }
// @ts-ignore
@inline export function numberOf(column: usize): u32 { return tagOf(column) >>> 3; }
/** Whether a value is within a column's range. */
// @ts-ignore
@inline export function isWithin(column: usize, value: i64): bool {
  return <u64>(value - load<i64>(column, 16)) <= load<u64>(column, 24);
}
// @ts-ignore
@inline export function valuesOf(column: usize): usize { return load<u32>(column, 32); }
// @ts-ignore
@inline export function flagsOf(column: usize): usize { return load<u32>(column, 36); }
// @ts-ignore
@inline export function furtherOf(column: usize): usize { return load<u32>(column, 40); }
// @ts-ignore
@inline export function typeOf(column: usize): usize { return load<u32>(column, 44); }
// @ts-ignore
@inline export function shiftOf(column: usize): u32 { return load<u32>(column, 60); }

/** A tag as the stream has it, of up to two bytes; above them, which of their bits count. Meaningless for longer ones. */
// @ts-ignore
@inline export function tagWordOf(column: usize): u32 { return load<u32>(column, 52); }
// @ts-ignore
@inline export function bytesOfTagWord(word: u32): usize { return <usize>(1 + (word >>> 31)); }

/** Writes what the kernel needs to know of a column. Whether it may be in a record that is plain. */
export function prepare(column: usize): bool {
  const tag = tagOf(column);
  const kind = kindOf(column);
  store<u32>(column, tag < 128 ? tag | 0xff0000 : (tag & 127) | 128 | ((tag >>> 7) << 8) | 0xffff0000, 52);
  store<u32>(column, shift(column, kind), 60);
  return tag < 16384 && kind < kindVector;
}

function shift(column: usize, kind: u32): u32 {
  switch (kind) {
    case kindInteger:
      return sizeOf(column);
    case kindBoolean:
      return 0;
    case kindFloat:
    case kindBytes:
    case kindText:
    case kindDecimalText:
      return 2;
    case kindDecimal:
      return 4;
    default:
      return 3;
  }
}

/** Whether a kind is of bytes one behind the other. */
// @ts-ignore
@inline export function isOfBytes(kind: u32): bool { return kind - kindBytes <= kindDecimalText - kindBytes; }

/** A row's NULL: zeros, or no bytes. Writes eight bytes at least: what is too much is the next row's. */
// @ts-ignore
@inline
export function putNull(column: usize, row: usize): void {
  const kind = kindOf(column);
  const at = valuesOf(column) + (row << shiftOf(column));
  store<u8>(flagsOf(column) + row, 0);
  if (isOfBytes(kind)) {
    store<u32>(at, load<u32>(at), 4);
  } else {
    store<u64>(at, 0);
    if (kind == kindDecimal) store<u64>(at, 0, 8);
    else if (kind == kindInstant) store<u32>(furtherOf(column) + (row << 2), 0);
  }
}
