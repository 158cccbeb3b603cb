import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { ArrowFieldLike } from "@maxcompute-tunnel/codec/arrow";
import type { TextConversion, TextDialect } from "@maxcompute-tunnel/codec/text";
import type { BlockCompressor } from "../compress/block-compressor.ts";
import type { FoundInput } from "../input/found-input.ts";
import type { StreamSpec } from "../input/text-stream.ts";
import type { FileMapping } from "../options.ts";
import type { FormatName } from "./format-name.ts";

/**
 * One file format: how an input of it is laid out, and how parts of it become blocks.
 *
 * `survey` runs once an input on the main thread, `encode` in any thread; all that passes between them is plain data.
 */
export interface Format {
  /** The columns that an input itself has, for formats that have a schema. */
  fields?(input: SurveyInput): Promise<readonly ArrowFieldLike[]>;
  /** How an input may be cut, and what `encode` has to know about it. */
  survey(input: SurveyInput, request: SurveyRequest): Promise<InputSurvey>;
  /**
   * Makes the blocks of one task, in order. The first one says where the task really began; a task without a record
   * gives one block without rows.
   */
  encode(task: EncodeTask, context: EncodeContext): AsyncGenerator<EncodedBlock, void, undefined>;
}

/** An input as a survey sees it. */
export interface SurveyInput {
  readonly input: FoundInput;
  /** The beginning of its text, unpacked and in UTF-8; for formats that are text. */
  readonly head: Uint8Array;
  /** Whether `head` is all there is. */
  readonly isWhole: boolean;
  /** Whether the text lies in the file as it is, so that any part of it can be read alone. */
  readonly isPlain: boolean;
  /** Bytes of the byte order mark before the text. */
  readonly markBytes: number;
}

/** What the caller said about all inputs, and what the table is like. */
export interface SurveyRequest {
  readonly columns: readonly ColumnSpec[];
  readonly format: FormatName;
  readonly mapping: FileMapping;
  readonly dialect: TextDialect;
  readonly conversion: TextConversion;
  readonly maxFieldBytes: number;
}

/** How an input is laid out. */
export interface InputSurvey {
  readonly unit: "bytes" | "rows";
  /** The first byte or row of data. */
  readonly start: number;
  /** The byte or row after the last one; `undefined` when only reading tells. */
  readonly end: number | undefined;
  /**
   * Where the input may be cut: `anywhere` – a task may begin at any byte, finds the next record by itself and says
   * where that was; `nowhere` – it is read in one go; or exactly at these places, `start` and `end` left out.
   */
  readonly cuts: "anywhere" | "nowhere" | readonly number[];
  /** Lines before `start`; `undefined` for formats without lines. */
  readonly linesBefore: number | undefined;
  readonly hasHeader: boolean | undefined;
  /** Encoded bytes that one unit makes, about. */
  readonly encodedPerUnit: number;
  /** What `encode` needs: plain data. */
  readonly setup: unknown;
}

/** A part of an input to be encoded: plain data, apart from a stream's port. */
export interface EncodeTask {
  readonly format: FormatName;
  readonly setup: unknown;
  readonly columns: readonly ColumnSpec[];
  readonly input: FoundInput;
  /** How to read the whole input in order; `undefined` where parts are read by position. */
  readonly stream: StreamSpec | undefined;
  readonly start: number;
  /** Whether a record begins at `start` for certain; otherwise at or after it, as far as can be told. */
  readonly isExact: boolean;
  /** The task ends with the first record that ends here or later; `undefined` is the end of the input. */
  readonly end: number | undefined;
  /** Seal a block once it holds this many encoded bytes. */
  readonly blockBytes: number;
  /** How large blocks may grow that are many, because nobody knew how many there would be. */
  readonly mostBlockBytes: number;
  /** Parts of a stream whose ends are given, in order; of a range, the part that it is. */
  readonly fixed: readonly FixedPart[];
  /** The largest encoded field that the service takes. */
  readonly maxFieldBytes: number;
  /** Give up after this many rejects: more than the whole load may have. */
  readonly rejectLimit: number;
}

/** A part of an input whose ends an earlier run has settled. */
export interface FixedPart {
  readonly start: number;
  readonly end: number;
  /** `compare`: read, and its checksum compared; `skip`: passed over; `again`: made one block, as before. */
  readonly use: "compare" | "skip" | "again";
  /** The checksum that a part to be compared had. */
  readonly sourceChecksum: number;
}

/** What the thread lends to a task. */
export interface EncodeContext {
  /** Takes the memory of encoded bytes back; nobody may read them afterwards. */
  giveBack(chunk: Uint8Array<ArrayBuffer>): void;
  /** The compression of the next block; `undefined` for none. */
  compressor(): BlockCompressor | undefined;
}

/** One block of a task: plain data, whose chunks each have a buffer of their own. */
export interface EncodedBlock {
  readonly start: number;
  readonly end: number;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly contentEncoding: string | undefined;
  readonly rows: number;
  /** Encoded bytes, before compression. */
  readonly bytes: number;
  /** Lines of the range; `undefined` if it was not read. */
  readonly lines: number | undefined;
  readonly checksum: number;
  readonly sourceChecksum: number;
  /** Bytes read from the input for it, before unpacking. */
  readonly readBytes: number;
  readonly rejects: readonly EncodedReject[];
  /** Milliseconds of encoding. */
  readonly encodeMs: number;
  /** Milliseconds of compressing, where the block was compressed. */
  readonly compressMs: number;
}

/** A record left out; its places count from the start of the block's range. */
export interface EncodedReject {
  /** Number among the range's records, from 0. */
  readonly record: number;
  /** From 0. */
  readonly line: number;
  /** Character of the line, from 1, where the format has lines. */
  readonly character?: number | undefined;
  /** In the whole input; for formats of rows, the record's number again. */
  readonly byteOffset: number;
  readonly column: string | undefined;
  readonly code: string;
  readonly reason: string;
  readonly value: string;
  readonly raw: string;
}
