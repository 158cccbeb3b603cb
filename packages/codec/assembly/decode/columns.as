// A column as the host describes it: 64 bytes, of words unless said otherwise.
//
//   0 tag    4 kind    8 size    12 scale    16 least (i64)    24 most (i64)
//  32 address of the values    36 address of the flags    40 address of further values    44 address of the type
//
// The kernel writes, once the records are laid out:
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
/** Address and length of bytes that may be any. */
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
@inline export function leastOf(column: usize): i64 { return load<i64>(column, 16); }
// @ts-ignore
@inline export function mostOf(column: usize): i64 { return load<i64>(column, 24); }
// @ts-ignore
@inline export function valuesOf(column: usize): usize { return load<u32>(column, 32); }
// @ts-ignore
@inline export function flagsOf(column: usize): usize { return load<u32>(column, 36); }
// @ts-ignore
@inline export function furtherOf(column: usize): usize { return load<u32>(column, 40); }
// @ts-ignore
@inline export function typeOf(column: usize): usize { return load<u32>(column, 44); }
