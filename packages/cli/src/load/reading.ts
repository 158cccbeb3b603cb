import { isCodecError } from "@maxcompute-tunnel/codec";
import {
  compileColumns,
  resolveDialect,
  type TextConversion,
  type TextDialect,
} from "@maxcompute-tunnel/codec/text";
import type { FileSourceOptions } from "@maxcompute-tunnel/files";
import { CliError } from "../errors.ts";
import type { NamedText } from "./flag-texts.ts";
import type { ReadFlags } from "./read-flags.ts";

/** How inputs are read, as the flags say it. */
export type Reading = Pick<
  FileSourceOptions,
  | "format"
  | "include"
  | "exclude"
  | "encoding"
  | "header"
  | "columns"
  | "map"
  | "constants"
  | "unknownFields"
  | "fieldCount"
  | "partitionColumns"
  | "dialect"
  | "conversion"
  | "maxRejects"
>;

/**
 * What the flags say about reading, with nothing in it that was not said: so that two loads which say the same are
 * known to read the same.
 *
 * @param partition the target's, whose columns no file can fill
 * @throws CliError `invalid-setting`
 */
export function readingOf(flags: ReadFlags, partition: string | undefined): Reading {
  const { format, include, exclude, encoding, columns, maxRejects } = flags;
  const dialect = dialectOf(flags);
  const conversion = conversionOf(flags);
  checkReading(dialect, conversion);
  return {
    ...given({ include, exclude, encoding, columns, maxRejects }),
    ...(format === undefined ? {} : { format }),
    ...(flags.header === undefined ? {} : { header: flags.header ? "present" : "absent" }),
    ...(flags.map === undefined ? {} : { map: recordOf(flags.map, "--map") }),
    ...(flags.set === undefined ? {} : { constants: recordOf(flags.set, "--set") }),
    ...(flags.strict === false ? { unknownFields: "ignore", fieldCount: "any" } : {}),
    ...(partition === undefined ? {} : { partitionColumns: partitionColumns(partition) }),
    ...(Object.keys(dialect).length === 0 ? {} : { dialect }),
    ...(Object.keys(conversion).length === 0 ? {} : { conversion }),
  };
}

function dialectOf(flags: ReadFlags): TextDialect {
  const { delimiter, recordDelimiter, quote, noQuote, null: nullMarkers } = flags;
  if (quote !== undefined && noQuote === true) {
    throw new CliError("invalid-setting", "--quote and --no-quote contradict each other.");
  }
  return {
    ...given({ delimiter, recordDelimiter, quote, escape: flags.escape, nullMarkers }),
    ...(noQuote === true ? { quote: null } : {}),
  };
}

function conversionOf(flags: ReadFlags): TextConversion {
  const { timeZone, dateFormat: datePattern, datetimeFormat: datetimePattern, binary } = flags;
  const { trueValues, falseValues } = flags;
  const booleans =
    trueValues === undefined && falseValues === undefined
      ? undefined
      : { true: trueValues ?? ["true", "1"], false: falseValues ?? ["false", "0"] };
  return {
    ...given({ timeZone, datePattern, datetimePattern, binary, booleans }),
    ...(flags.roundDecimals === true ? { rounding: "half-up-decimals" } : {}),
    ...(flags.round === true ? { rounding: "half-up" } : {}),
    ...(flags.trim === true ? { trim: "all" } : {}),
  };
}

/** What cannot be meant is refused before anything is sent. */
function checkReading(dialect: TextDialect, conversion: TextConversion): void {
  try {
    resolveDialect(dialect);
    compileColumns([{ name: "any", type: "datetime" }], conversion);
  } catch (cause) {
    if (!isCodecError(cause)) throw cause;
    throw new CliError("invalid-setting", cause.message, { cause });
  }
}

function recordOf(pairs: readonly NamedText[], name: string): Readonly<Record<string, string>> {
  const twice = pairs.find(([key], index) => pairs.findIndex(([other]) => other === key) !== index);
  if (twice !== undefined) throw new CliError("invalid-setting", `${name} names ${twice[0]} twice.`);
  return Object.fromEntries(pairs);
}

/** The names in a partition such as `pt=1,region=cn`. */
export function partitionColumns(partition: string): readonly string[] {
  return partition.split(/[,/]/).map((level) => level.split("=")[0]!.trim());
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Only the members that have a value. */
export function given<T extends object>(members: T): Given<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}
