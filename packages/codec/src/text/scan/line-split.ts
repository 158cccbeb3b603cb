import { carriageReturn, type DialectBytes, lineFeed } from "../dialect.ts";

/** What the byte before a stretch of text was: bits of a state. */
export const isInside = 1;
export const isEnd = 2;
export const isClosing = 4;
export const isStray = 8;

/** What was found in a stretch of text, up to its end or a quote or line end that is not where it may be. */
export interface LineSplit {
  /** How many records end in it. */
  readonly records: number;
  /** Line ends, in quotes and out. */
  readonly lines: number;
  /** How many bytes were looked at. */
  readonly looked: number;
  /** Whether what comes next is where it may not be. */
  readonly isOdd: boolean;
  /** Where the record ends that is the first to end at the place asked for or behind it; 0 for none. */
  readonly first: number;
  /** Where the last record ends; 0 for none. */
  readonly last: number;
  readonly state: number;
}

/** Whether records can be told apart by the parity of quotes: no escapes, and record ends of one byte. */
export function splitsByParity(dialect: DialectBytes): boolean {
  if (dialect.escapeByte >= 0 || (dialect.recordDelimiter?.length ?? 1) !== 1) return false;
  return dialect.quoteByte < 0 || dialect.delimiter.length === 1;
}

/** As `splitLines` of the kernel, byte by byte. */
export function splitBytes(
  dialect: DialectBytes,
  lineEnd: number,
  bytes: Uint8Array,
  from: number,
  startState: number,
): LineSplit {
  const { quoteByte } = dialect;
  const delimiterByte = dialect.delimiter[0]!;
  const isStrict = dialect.recordDelimiter === undefined;
  const strayByte = !isStrict ? -1 : lineEnd === lineFeed ? carriageReturn : lineFeed;
  let records = 0;
  let lines = 0;
  let first = 0;
  let last = 0;
  let state = startState;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const isLine = byte === lineEnd;
    if (state & isInside) {
      if (byte === quoteByte) state = isClosing;
      else if (isLine) lines++;
      continue;
    }
    const isQuote = byte === quoteByte;
    const isOdd =
      (isQuote && (state & (isEnd | isClosing)) === 0) ||
      ((state & isClosing) !== 0 && !isQuote && !isLine && byte !== delimiterByte && byte !== strayByte) ||
      ((state & isStray) !== 0 && !isLine) ||
      (byte === strayByte && lineEnd === carriageReturn);
    if (isOdd) return { records, lines, looked: at, isOdd, first, last, state };
    if (isQuote) {
      state = isInside;
    } else if (isLine) {
      records++;
      lines++;
      last = at + 1;
      if (first === 0 && last >= from) first = last;
      state = isEnd;
    } else {
      state = byte === delimiterByte ? isEnd : byte === strayByte ? isStray : 0;
    }
  }
  return { records, lines, looked: bytes.length, isOdd: false, first, last, state };
}
