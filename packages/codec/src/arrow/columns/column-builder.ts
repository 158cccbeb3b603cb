import type { LaidOut } from "../../kernel/record-layout.ts";
import type { ColumnData } from "./column-data.ts";

/** Some rows of a run that the kernel has laid out, from one on. */
export interface RunPart {
  readonly run: LaidOut;
  readonly from: number;
  readonly count: number;
}

/** Collects a column's values. */
export interface ColumnBuilder {
  /** Bytes that the values take so far, about. */
  readonly byteLength: number;
  /** Takes a value as `toArrow` makes it. */
  append(value: unknown): void;
  /** Takes the values of rows that the kernel has laid out; only columns that are laid out as Arrow has them. */
  appendPart(part: RunPart, column: number): void;
  /** All values, and none are left. */
  take(): ColumnData;
}
