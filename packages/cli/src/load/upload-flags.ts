import type { CommandContext, TypedFlagParameter } from "@stricli/core";
import { type CommonFlags, commonFlags, flag, text } from "../commands/settings-flags.ts";
import { wholeNumber } from "../commands/value-parsers.ts";
import { nameList } from "./flag-texts.ts";
import { type ReadFlags, readFlags } from "./read-flags.ts";
import { type SendFlags, sendFlags } from "./send-flags.ts";

/** Flags that say where rows go and what becomes of what is there. */
export interface TargetFlags {
  readonly overwrite?: boolean;
  readonly createPartition?: boolean;
  readonly partitionBy?: readonly string[];
  readonly maxPartitions?: number;
  readonly createTable?: boolean;
  readonly tableSchema?: string;
  readonly transform?: string;
  readonly job?: string;
  readonly dryRun?: boolean;
}

/** The flags of `mctunnel upload`. */
export interface UploadFlags extends ReadFlags, SendFlags, TargetFlags, CommonFlags {}

type FlagsOf<Flags> = { readonly [Name in keyof Flags]-?: TypedFlagParameter<Flags[Name], CommandContext> };

/** How the flags about the target are read and explained. */
export const targetFlags: FlagsOf<TargetFlags> = {
  overwrite: flag("Replace what the table or partition holds"),
  createPartition: flag("Create the partition if it is missing"),
  partitionBy: {
    kind: "parsed",
    parse: nameList,
    placeholder: "KEYS",
    brief: "Partition keys, as in dt,region: each row goes to the partition that its values name",
    optional: true,
  },
  maxPartitions: {
    kind: "parsed",
    parse: wholeNumber(1, 10_000),
    placeholder: "N",
    brief: "How many partitions --partition-by may fill, each with a session of its own (100 if not said)",
    optional: true,
  },
  createTable: flag("Create the table if it is missing, with the columns that the inputs suggest"),
  tableSchema: text("COLUMNS", "The columns to create it with, as in 'id bigint, name string', or @FILE"),
  transform: text("FILE", "A module, .ts or .js, whose default function makes rows of each record"),
  job: text("NAME", "Name the load, so that it is done once however often it is asked for"),
  dryRun: flag("Read and convert everything, send nothing; the same as mctunnel check"),
};

/** How those flags are read and explained. */
export const uploadFlags: FlagsOf<UploadFlags> = {
  ...readFlags,
  ...targetFlags,
  ...sendFlags,
  ...commonFlags,
};
