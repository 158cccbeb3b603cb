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
  readonly blockId: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rejected: number;
}

/** What a source is asked for. */
export interface BlockRequest {
  /** Ranges that are stored and not wanted again; each is read again and its checksum compared. */
  readonly stored: readonly StoredRange[];
  readonly columns: readonly ColumnSpec[];
  readonly signal: AbortSignal;
}

/** Where blocks come from: rows, files, or anything that can be cut into ranges and read again. */
export interface BlockSource {
  readonly fingerprint: readonly InputFingerprint[];
  /**
   * Produces the blocks of everything but the stored ranges, those of one input in the order of their ranges.
   *
   * @throws WriterError `source-changed` when a stored range is not what it was
   */
  blocks(request: BlockRequest): AsyncIterable<ProducedBlock>;
  close?(): Promise<void>;
}
