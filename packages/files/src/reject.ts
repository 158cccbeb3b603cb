/** A record that was left out, and why. */
export interface FileReject {
  readonly file: string;
  /**
   * Line of the file on which the fault stands, from 1; `undefined` behind parts of the file that a resumed load did not
   * read again.
   */
  readonly line: number | undefined;
  /** Character of that line at which the fault stands, from 1; `undefined` for formats without lines. */
  readonly character?: number | undefined;
  /** Number of the record among those of its file, from 0, the header not counted. */
  readonly record: number;
  /** Offset of the field, or of the record, in the file's unpacked text; `record` again where `isRow`. */
  readonly byteOffset: number;
  /** Whether the file's format is rows under a schema, which have numbers and no places. */
  readonly isRow?: boolean;
  /** The table's column, where one field is to blame. */
  readonly column: string | undefined;
  readonly code: string;
  readonly reason: string;
  /** The field's text as a message shows it, shortened. */
  readonly value: string;
  /** The whole record as it stands in the file, without its line end; where `isRow`, as JSON. */
  readonly raw: string;
}

/** How many records may be rejected: a number, or a share of all records such as `"0.5%"`. */
export type RejectLimit = number | `${number}%`;
