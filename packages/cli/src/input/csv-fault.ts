/** What made a file unreadable as CSV. */
export type CsvFaultKind =
  | "unterminated-quote"
  | "text-after-quote"
  | "quote-in-field"
  | "bare-carriage-return"
  | "record-too-large";

/** The file is no RFC 4180 text at this byte. */
export class CsvFault extends Error {
  override readonly name = "CsvFault";
  readonly kind: CsvFaultKind;
  /** Counts from 0 in the file. */
  readonly byteOffset: number;
  /** Counts from 1. */
  readonly line: number;
  /** Characters from the start of that line, counting from 1. */
  readonly column: number;

  constructor(kind: CsvFaultKind, place: { byteOffset: number; line: number; column: number }) {
    super(kind);
    this.kind = kind;
    this.byteOffset = place.byteOffset;
    this.line = place.line;
    this.column = place.column;
  }
}
