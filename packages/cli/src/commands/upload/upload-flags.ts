import type { BinaryText } from "@maxcompute-tunnel/codec/text";
import type { TypedFlagParameter } from "@stricli/core";
import { type InputFormat, inputFormats } from "../../input/input-format.ts";
import type { CliContext } from "../cli-context.ts";
import { type CommonFlags, commonFlags, flag, text } from "../settings-flags.ts";
import { byteSize, wholeNumber } from "../value-parsers.ts";

/** Compressions that a block can be sent with. */
export type CompressionName = "none" | "deflate" | "zstd" | "snappy" | "lz4";

export const compressionNames: readonly CompressionName[] = ["none", "deflate", "zstd", "snappy", "lz4"];

/** The flags of `mctunnel upload`. */
export interface UploadFlags extends CommonFlags {
  readonly format?: InputFormat;
  readonly header?: boolean;
  readonly timeZone?: string;
  readonly binary?: BinaryText;
  readonly overwrite?: boolean;
  readonly createPartition?: boolean;
  readonly compress?: CompressionName;
  readonly parallel?: number;
  readonly blockSize?: number;
}

/** How those flags are read and explained. */
export const uploadFlags: {
  readonly [Name in keyof UploadFlags]-?: TypedFlagParameter<UploadFlags[Name], CliContext>;
} = {
  format: {
    kind: "enum",
    values: inputFormats,
    brief: "Format of the files, if their names do not tell",
    optional: true,
  },
  header: {
    kind: "boolean",
    brief: "Whether the first row names columns, if not to be found out",
    optional: true,
  },
  timeZone: text(
    "ZONE",
    "Zone of dates and times written without one, such as Asia/Shanghai (UTC if not said)",
  ),
  binary: {
    kind: "enum",
    values: ["base64", "hex", "text"],
    brief: "How binary columns are written (base64 if not said)",
    optional: true,
  },
  overwrite: flag("Replace what the table or partition holds"),
  createPartition: flag("Create the partition if it is missing"),
  compress: {
    kind: "enum",
    values: compressionNames,
    brief: "Compress what is sent; --compress alone means deflate",
    optional: true,
  },
  parallel: {
    kind: "parsed",
    parse: wholeNumber(1, 64),
    placeholder: "N",
    brief: "Blocks in flight at a time (2 if not said)",
    optional: true,
  },
  blockSize: {
    kind: "parsed",
    parse: byteSize(1024),
    placeholder: "SIZE",
    brief: "Encoded bytes in a block, such as 64MiB",
    optional: true,
  },
  ...commonFlags,
};
