import type { ColumnSpec } from "@maxcompute-tunnel/codec";

/** A part of one input, from a record's start to a record's end. */
export interface SourceRange {
  /** Index of the input in {@link BlockSource.fingerprint}. */
  readonly input: number;
  /** First byte or row of the part. */
  readonly start: number;
  /** The byte or row after its last one. */
  readonly end: number;
  readonly unit: "bytes" | "rows";
}

/** What an input is recognised by when an upload goes on later. */
export interface InputFingerprint {
  readonly name: string;
  /** Bytes, where they are known beforehand. */
  readonly size?: number;
  /** Time of the last change, in milliseconds since 1970. */
  readonly modifiedMs?: number;
  /** A digest of as much of the input as is cheap to read; its form is the source's own. */
  readonly digest?: string;
}

/** One block, encoded and ready to be sent. */
export interface ProducedBlock {
  readonly range: SourceRange;
  /** The request body; it belongs to the receiver until {@link release}. */
  readonly chunks: readonly Uint8Array[];
  /** Compression that `chunks` already have. @default none */
  readonly contentEncoding?: string;
  readonly rows: number;
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Checksum of the record pack: the CRC32C over the checksums of its records. */
  readonly checksum: number;
  /** A checksum of the range as it was read; which one is the source's own affair. */
  readonly sourceChecksum: number;
  /** Records of the range that were left out. */
  readonly rejected: number;
  /** Gives the memory of `chunks` back, once they are stored or given up; they must not be read afterwards. */
  release?(): void;
}

/** A range whose block the server holds. */
export interface StoredRange extends SourceRange {
  /** {@link ProducedBlock.sourceChecksum} of the time it was stored. */
  readonly sourceChecksum: number;
  /** `undefined` for a range without rows, which needs no block. */
  readonly blockId: number | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly rejected: number;
}

/** What a source is asked for. */
export interface BlockRequest {
  /** Ranges that are stored and not wanted again; each is read again and its checksum compared. */
  readonly stored: readonly StoredRange[];
  /**
   * Ranges that were blocks before and must be the same blocks again: each is produced as exactly one block, and
   * nothing else reaches into it. They begin and end at the ends of records, and no stored range overlaps them.
   */
  readonly again: readonly SourceRange[];
  /** Whether stored ranges are read and compared; without that they are skipped. */
  readonly compareStored: boolean;
  readonly columns: readonly ColumnSpec[];
  /** Largest encoded field that the service accepts. */
  readonly maxFieldBytes: number;
  readonly signal: AbortSignal;
}

/** Where blocks come from: rows, files, or anything that can be cut into ranges and read again. */
export interface BlockSource {
  readonly fingerprint: readonly InputFingerprint[];
  /**
   * Everything besides the inputs' content that decides what the rows are (format, dialect, mapping), as a text that
   * differs when any of it does. An upload is not resumed with another. @default nothing decides it
   */
  readonly settings?: string;
  /** The most encoded bytes of a block; memory is booked before one is asked for. @default learnt from the blocks */
  readonly blockBytes?: number;
  /**
   * Produces the blocks of everything but the stored ranges. It is called once for each session that is tried: a second
   * call begins anew.
   *
   * @throws WriterError `source-changed` when a stored range is not what it was
   */
  blocks(request: BlockRequest): AsyncIterable<ProducedBlock>;
  close?(): Promise<void>;
}
