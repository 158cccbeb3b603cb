import type { TextPack, TextRowReject } from "@maxcompute-tunnel/codec/text";

/** The part of a text pack that blocks are made with. `TextPack` satisfies it; other text formats have their own. */
export type TextRows = Pick<
  TextPack,
  | "push"
  | "end"
  | "recordCount"
  | "rejectedCount"
  | "byteLength"
  | "consumedBytes"
  | "lines"
  | "drain"
  | "seal"
>;

/** What text formats differ in. */
export interface TextLayout {
  /** The last byte of what ends a record: wherever a record ends, this byte comes before. */
  readonly recordEnd: number;
  /** The byte that lines are counted by. */
  readonly lineEnd: number;
  /** Where the record ends that begins at `start`; -1 if it is not whole, unless `isLast`. */
  nextRecord(bytes: Uint8Array, start: number, limit: number, isLast: boolean): number;
  /** Whether several whole records seem to begin at `start`, so that it is probably not inside quotes. */
  looksLikeRecords(bytes: Uint8Array, start: number): boolean;
  open(onReject: (reject: TextRowReject) => void): TextRows;
}
