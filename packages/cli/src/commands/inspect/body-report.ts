/** What was found in a body. */
export interface BodyReport {
  readonly format: "record pack" | "Arrow body" | "Arrow stream without frames";
  /** Records that are whole and right. */
  readonly records: number;
  /** CRC-32C of all checksums (records) or of all bytes (Arrow), once it was found right. */
  readonly checksum: number | undefined;
  /** Text of the metrics block of a download. */
  readonly metrics: string | undefined;
  readonly columns: readonly ColumnReport[];
  readonly isGuessed: boolean;
  /** The first rows, in column order. */
  readonly rows: readonly (readonly unknown[])[];
  /** Arrow only: the record batches. */
  readonly batches: readonly BatchReport[] | undefined;
  readonly fault: BodyFault | undefined;
}

/** A column, and what the records have in it. */
export interface ColumnReport {
  readonly name: string;
  readonly type: string;
  readonly nulls: number | undefined;
  /** Other types with the same bytes, where the type was guessed. */
  readonly alike: readonly string[] | undefined;
  /** Whether a checksum bears out the guess. */
  readonly isSure: boolean | undefined;
}

/** A record batch. */
export interface BatchReport {
  /** Where its message begins in the payload. */
  readonly offset: number;
  readonly bytes: number;
  readonly rows: number;
}

/** Where a body breaks. */
export interface BodyFault {
  readonly code: string;
  readonly message: string;
  /** In the unpacked bytes. */
  readonly offset: number;
  readonly row?: number | undefined;
  readonly column?: string | undefined;
  readonly path?: string | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
}
