// What records are written of, as the host says it before a run.

// How a column's fields are read. All else is the host's.
// @ts-ignore
@inline export const asInteger: u32 = 0;
// @ts-ignore
@inline export const asDouble: u32 = 1;
// @ts-ignore
@inline export const asText: u32 = 2;
// @ts-ignore
@inline export const asBoolean: u32 = 3;
/** In milliseconds. */
// @ts-ignore
@inline export const asDateTime: u32 = 4;
// @ts-ignore
@inline export const asDate: u32 = 5;
// @ts-ignore
@inline export const asDecimal: u32 = 6;
// @ts-ignore
@inline export const asFloat: u32 = 7;
/** Text of at most so many characters. */
// @ts-ignore
@inline export const asCharacters: u32 = 8;
/** Seconds and nanoseconds. */
// @ts-ignore
@inline export const asTimestamp: u32 = 9;
/** The same, of a wall clock. */
// @ts-ignore
@inline export const asWallClock: u32 = 10;
/** Bytes as they are. */
// @ts-ignore
@inline export const asBytes: u32 = 11;
/** Nothing: the column is NULL in every row. */
// @ts-ignore
@inline export const asNull: u32 = 12;
/** The same bytes in every row. */
// @ts-ignore
@inline export const asConstant: u32 = 13;

/**
 * A column's description: how it is read, its field (words); its tag, NOT NULL (1 or 0); characters or digits before
 * the point, digits after it; address and length of a constant on the wire; what it does to a running checksum state:
 * a factor and a summand; 8 bytes unused; then the range of integers, days, milliseconds and seconds (two 64-bit integers).
 */
// @ts-ignore
@inline export const columnBytes: usize = 64;

export let columns: usize = 0;
export let columnCount: u32 = 0;
/** Fields of every record; 0xffffffff for any number. */
export let fieldCount: u32 = 0;
/** Null markers: a byte of length, then that many bytes; other ones end the run. */
export let markers: usize = 0;
export let markersEnd: usize = 0;
export let emptyIsNull: bool = true;
export let nullInQuotes: bool = false;
export let skipsBlank: bool = true;
/** Whether text with blanks at either end is for the host. */
export let trims: bool = false;
export let maxFieldBytes: u32 = 0;
export let maxRecordBytes: u32 = 0;
/** Bytes that a record takes at most beyond those of its text. */
export let roomPerRecord: u32 = 0;
/** Where fields with escapes are put without them. */
export let scratch: usize = 0;
/** Whether every column reads the field of its own number, and only empty fields are NULL: the usual case. */
export let isOrdered: bool = false;

export function setColumns(
  columnsAt: usize,
  count: u32,
  fields: u32,
  markersAt: usize,
  markerBytes: u32,
  flags: u32,
  fieldBytes: u32,
  recordBytes: u32,
  room: u32,
  scratchAt: usize,
): void {
  columns = columnsAt;
  columnCount = count;
  fieldCount = fields;
  markers = markersAt;
  markersEnd = markersAt + markerBytes;
  emptyIsNull = (flags & 1) != 0;
  nullInQuotes = (flags & 2) != 0;
  skipsBlank = (flags & 4) != 0;
  trims = (flags & 8) != 0;
  maxFieldBytes = fieldBytes;
  maxRecordBytes = recordBytes;
  roomPerRecord = room;
  scratch = scratchAt;
  isOrdered = count && fields == count && emptyIsNull && !markerBytes && !nullInQuotes;
  for (let column: u32 = 0; column < count; column++) {
    const at = columnsAt + <usize>column * columnBytes;
    const kind = load<u32>(at);
    if (kind == asNull || kind == asConstant || load<u32>(at, 4) != column) isOrdered = false;
  }
}
