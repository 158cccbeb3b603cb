import type { ByteSource } from "../wire/byte-source.ts";
import type { FooterRules } from "./footer-reader.ts";
import type { ColumnPlan } from "./type-plan.ts";

/** What is done with the fields of a record as they are met. */
export interface FieldHandler {
  /**
   * Takes a field's value off the source and feeds its checksum. When the bytes run out it returns false, with
   * `source.pos` where it wants to go on and `source.need` saying how many more bytes it wants at least; it is
   * called again for the same field.
   */
  takeField(source: ByteSource, column: ColumnPlan): boolean;
  /** The record is whole and its checksum right. */
  endRecord(): void;
}

/** Takes whole records off a source quicker than field by field. */
export interface WholeRecords {
  /** Running state of the checksum of checksums, with the records taken last. */
  readonly packState: number;
  /** Whether the rest of the source is better taken with more bytes behind it. */
  readonly awaitsRest?: boolean;
  /** Begins anew: the source has other bytes now. */
  forget(): void;
  /** Takes records that are whole and right, as many as it likes, and says how many. */
  take(source: ByteSource, packState: number): number;
}

/** How a {@link PackReader} reads. */
export interface PackReaderRules extends FooterRules {
  readonly maxRecordBytes: number;
  /** Whether a record must have a value in every NOT NULL column. */
  readonly checkNulls: boolean;
  /** Length of the whole stream, where it is known. */
  readonly totalBytes: number;
}
