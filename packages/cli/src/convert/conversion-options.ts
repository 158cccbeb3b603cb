import type { TimeZone } from "./time-zone.ts";

/** How binary values are spelt in a text file. */
export type BinaryText = "base64" | "hex" | "text";

/** What the user may decide about reading values; everything else follows from the column's type. */
export interface ConversionOptions {
  /** The zone of a DATETIME or TIMESTAMP that names none. */
  readonly timeZone: TimeZone;
  readonly binary: BinaryText;
}
