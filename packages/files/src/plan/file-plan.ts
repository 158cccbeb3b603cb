import type { FormatOrigin } from "../format/format-of.ts";

/** What a load will come to, as far as it can be told before everything has been read. */
export interface FilePlan {
  /** Encoded bytes that a block is to hold. */
  readonly blockBytes: number;
  /** Blocks expected, about; `undefined` when an input's size is unknown. */
  readonly blocks: number | undefined;
  /** Encoded bytes expected, about. */
  readonly encodedBytes: number | undefined;
  /** What may go wrong with so many blocks: quotas and limits, in sentences. */
  readonly warnings: readonly string[];
  readonly inputs: readonly {
    readonly file: string;
    readonly format: string;
    /** What the format was told by. */
    readonly formatBy: FormatOrigin;
    /** Whether several threads can read it at a time. */
    readonly splittable: boolean;
    readonly bytes: number | undefined;
    readonly hasHeader: boolean | undefined;
  }[];
}
