import type { TextConversion, TextDialect } from "@maxcompute-tunnel/codec/text";
import type { CompressionChoice } from "./compress/compression-choice.ts";
import type { FormatName } from "./format/format-name.ts";
import type { HeaderChoice } from "./mapping/header.ts";
import type { FileReject, RejectLimit } from "./reject.ts";

/** One input: a file, a pipe, or `-` for standard input. */
export interface FileInput {
  readonly path: string;
  /** The name it has in messages, rejects and the journal. @default path */
  readonly name?: string;
}

/** Which files a directory or a pattern stands for. */
export interface FindOptions {
  /** What relative paths and patterns are relative to. @default the process's working directory */
  readonly cwd?: string;
  /** Of what is found in directories and by patterns, take only what matches one of these. @default everything */
  readonly include?: readonly string[];
  /** Of what is found in directories and by patterns, leave these out. @default nothing */
  readonly exclude?: readonly string[];
}

/** How the fields of a record find their columns. */
export interface FileMapping {
  /** Whether the first record of each file names its fields. @default "auto" */
  readonly header?: HeaderChoice;
  /** Names of the fields in order, for files without a header; `""` skips a field. @default the table's columns */
  readonly columns?: readonly string[];
  /** Field name to column name, where they differ. */
  readonly map?: Readonly<Record<string, string>>;
  /** Column name to the value of every row; a string is read as a field would be. */
  readonly constants?: Readonly<Record<string, unknown>>;
  /** What to do with a named field that is no column. @default "refuse" */
  readonly unknownFields?: "refuse" | "ignore";
  /**
   * Whether a record of delimited text must have the fields that the header or the columns ask for, or may have any
   * number: then missing ones are NULL and those that are too many are passed over. @default "exact"
   */
  readonly fieldCount?: "exact" | "any";
  /** Names of the partition's columns, which a file cannot fill: only for clearer messages. */
  readonly partitionColumns?: readonly string[];
}

/** How text files are encoded; `auto` is UTF-8 unless a byte order mark says UTF-16. Any label of the Encoding standard. */
export type TextEncoding = "auto" | (string & {});

/** What {@link openFileSource} can be told. */
export interface FileSourceOptions extends FindOptions, FileMapping {
  /** @default "auto": by each file's name and first bytes */
  readonly format?: FormatName | "auto";
  readonly encoding?: TextEncoding;
  /** Delimited text: delimiters, quotes, null markers. @default RFC 4180; tabs for `.tsv` */
  readonly dialect?: TextDialect;
  /** How fields become values. */
  readonly conversion?: TextConversion;
  /** Seal a block at about this many encoded bytes. @default 16 MiB, more where the blocks would be too many */
  readonly blockBytes?: number;
  /** Bytes that blocks may take at a time, made and not yet released. @default 128 MiB */
  readonly memoryBytes?: number;
  /**
   * Worker threads; 1 starts none and works on the calling thread. For Parquet no more than one for every 64 MiB of
   * `memoryBytes`. @default one a core, at most 4, and one for every 64 MiB
   */
  readonly workers?: number;
  /** Compress blocks where they are made. @default "none" */
  readonly compression?: CompressionChoice;
  /** Told of every record left out, in order. */
  readonly onReject?: (reject: FileReject) => void;
  /** How many records may be left out of the whole load. @default 0 */
  readonly maxRejects?: RejectLimit;
  /** Told of bytes as they are read from the inputs, before unpacking. */
  readonly onRead?: (bytes: number, file: string) => void;
}
