import type { BinaryText } from "@maxcompute-tunnel/codec/text";
import type { FormatName, RejectLimit } from "@maxcompute-tunnel/files";
import type { CommandContext, TypedFlagParameter } from "@stricli/core";
import { flag, text } from "../commands/settings-flags.ts";
import {
  anyText,
  delimiterText,
  type NamedText,
  namedText,
  nameList,
  oneCharacter,
  rejectLimit,
} from "./flag-texts.ts";

/** Formats that `--format` takes. */
export type FormatChoice = FormatName | "auto";

/** Flags that say how files are read. */
export interface ReadFlags {
  readonly format?: FormatChoice;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly encoding?: string;
  readonly header?: boolean;
  readonly columns?: readonly string[];
  readonly map?: readonly NamedText[];
  readonly set?: readonly NamedText[];
  readonly strict?: boolean;
  readonly delimiter?: string;
  readonly recordDelimiter?: string;
  readonly quote?: string;
  readonly noQuote?: boolean;
  readonly escape?: string;
  readonly null?: readonly string[];
  readonly timeZone?: string;
  readonly dateFormat?: string;
  readonly datetimeFormat?: string;
  readonly trueValues?: readonly string[];
  readonly falseValues?: readonly string[];
  readonly binary?: BinaryText;
  readonly round?: boolean;
  readonly roundDecimals?: boolean;
  readonly trim?: boolean;
  readonly maxRejects?: RejectLimit;
  readonly rejects?: string;
}

type FlagsOf<Flags> = { readonly [Name in keyof Flags]-?: TypedFlagParameter<Flags[Name], CommandContext> };

export const formatChoices: readonly FormatChoice[] = [
  "auto",
  "csv",
  "tsv",
  "jsonl",
  "parquet",
  "arrow",
  "avro",
];

/** How those flags are read and explained. */
export const readFlags: FlagsOf<ReadFlags> = {
  format: {
    kind: "enum",
    values: formatChoices,
    brief: "Format of the inputs (by name and first bytes if not said)",
    optional: true,
  },
  include: several("PATTERN", "Of directories and patterns take only files like this", anyText),
  exclude: several("PATTERN", "Of directories and patterns leave out files like this", anyText),
  encoding: text("NAME", "Encoding of text, such as gb18030 (UTF-8, or by its mark UTF-16, if not said)"),
  header: {
    kind: "boolean",
    brief: "Whether the first record names the fields, if not to be found out",
    optional: true,
  },
  columns: one(
    "NAMES",
    "Names of the fields in order, as in id,,name; an empty one is passed over",
    nameList,
  ),
  map: several("FIELD=COLUMN", "The field of this name goes to that column", namedText),
  set: several("COLUMN=VALUE", "This column has that value in every row", namedText),
  strict: {
    kind: "boolean",
    brief: "Refuse fields too many, too few or without a column (yes, if not said)",
    optional: true,
  },
  delimiter: one("TEXT", "What stands between fields, also \\t, \\x01, \\u0001", delimiterText),
  recordDelimiter: one(
    "TEXT",
    "What ends a record, to the letter (LF, CRLF or CR if not said)",
    delimiterText,
  ),
  quote: one("CHAR", 'The character around fields that hold a delimiter (" if not said)', oneCharacter),
  noQuote: flag("Quotes are ordinary characters"),
  escape: one(
    "CHAR",
    "The character before a quote that is none (quotes are doubled if not said)",
    oneCharacter,
  ),
  null: several("TEXT", "A field like this is NULL (an empty one without quotes if not said)", anyText),
  timeZone: text("ZONE", "Zone of times written without one, such as Asia/Shanghai (UTC if not said)"),
  dateFormat: text("PATTERN", "How dates are written, such as dd/MM/yyyy (yyyy-MM-dd if not said)"),
  datetimeFormat: text(
    "PATTERN",
    "How times are written, such as dd.MM.yyyy HH:mm:ss (ISO 8601 if not said)",
  ),
  trueValues: one("LIST", "What is true, as in yes,y,on (true and 1 if not said)", nameList),
  falseValues: one("LIST", "What is false, as in no,n,off (false and 0 if not said)", nameList),
  binary: {
    kind: "enum",
    values: ["base64", "hex", "text"],
    brief: "How binary columns are written (base64 if not said)",
    optional: true,
  },
  round: flag("Round what has more digits than its column, half up, instead of refusing it"),
  roundDecimals: flag("The same for decimals only"),
  trim: flag("Take blanks off around text, too"),
  maxRejects: one(
    "LIMIT",
    "How many records of the load may be left out, such as 100 or 0.5% (0 if not said)",
    rejectLimit,
  ),
  rejects: text("FILE", "Write records that are left out there, a JSON object a line"),
};

function one<T>(
  placeholder: string,
  brief: string,
  parse: (input: string) => T,
): TypedFlagParameter<T | undefined, CommandContext> {
  return { kind: "parsed", parse, placeholder, brief, optional: true } as TypedFlagParameter<
    T | undefined,
    CommandContext
  >;
}

/** A flag that may be given several times. */
function several<T>(
  placeholder: string,
  brief: string,
  parse: (input: string) => T,
): TypedFlagParameter<readonly T[] | undefined, CommandContext> {
  return {
    kind: "parsed",
    parse,
    placeholder,
    brief: `${brief}; may be given again`,
    optional: true,
    variadic: true,
  } as unknown as TypedFlagParameter<readonly T[] | undefined, CommandContext>;
}
