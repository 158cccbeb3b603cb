// How the text is laid out; set by the host before anything else.

/** A single-byte delimiter, or the first byte of a longer one. */
export let delimiterByte: u32 = 44;
export let delimiterAt: usize = 0;
export let delimiterLength: u32 = 1;
/** 0 for line ends. */
export let recordEndLength: u32 = 0;
export let recordEndAt: usize = 0;
/** What lines end with, LF or CR, and the other one of the two. Of no use with a record delimiter. */
export let lineEnd: u32 = 10;
export let strayEnd: u32 = 13;
/** 256 for none. */
export let quoteByte: u32 = 34;
export let escapeByte: u32 = 256;

export function setDialect(
  delimiter: usize,
  delimiterBytes: u32,
  recordEnd: usize,
  recordEndBytes: u32,
  line: u32,
  quote: u32,
  escape: u32,
): void {
  delimiterAt = delimiter;
  delimiterByte = load<u8>(delimiter);
  delimiterLength = delimiterBytes;
  recordEndAt = recordEnd;
  recordEndLength = recordEndBytes;
  lineEnd = line;
  strayEnd = line == 10 ? 13 : 10;
  quoteByte = quote;
  escapeByte = escape;
}

// An entry of the index: where a field ends, and
/** that it stood in quotes, */
// @ts-ignore
@inline export const isQuoted: u32 = 0x80000000;
/** that the record ends with it, */
// @ts-ignore
@inline export const endsRecord: u32 = 0x40000000;
/** that it holds escapes. */
// @ts-ignore
@inline export const hasEscapes: u32 = 0x20000000;
// @ts-ignore
@inline export const position: u32 = 0x1fffffff;
