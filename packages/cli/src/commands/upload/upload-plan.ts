import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { isCodecError } from "@maxcompute-tunnel/codec";
import {
  type BinaryText,
  parseTimeZone,
  type TextConversion,
  type TimeZone,
  utc,
} from "@maxcompute-tunnel/codec/text";
import type { CliIo } from "../../cli-io.ts";
import { CliError } from "../../errors.ts";
import { type InputFile, openInputFile } from "../../input/input-file.ts";
import { formatOf, type InputFormat } from "../../input/input-format.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** What is to be loaded and how, settled before the service is asked anything. */
export interface UploadPlan {
  readonly files: readonly { readonly file: InputFile; readonly format: InputFormat }[];
  /** The table as it was named. */
  readonly table: string;
  readonly conversion: TextConversion & { readonly timeZone: TimeZone; readonly binary: BinaryText };
  /** Bytes of all files together, unless one is a pipe. */
  readonly totalBytes: number | undefined;
}

/**
 * Settles all that can be settled on this side: which files, whether they can be read, in which format and zone.
 *
 * @throws CliError for the first thing that is wrong.
 */
export async function planUpload(
  positionals: readonly string[],
  flags: UploadFlags,
  io: CliIo,
): Promise<UploadPlan> {
  const table = positionals.at(-1)!;
  const names = positionals.slice(0, -1);
  await refuseSwappedOrder(names, table, io);
  const conversion = {
    timeZone: flags.timeZone === undefined ? utc : readTimeZone(flags.timeZone),
    binary: flags.binary ?? "base64",
  };
  const files: { file: InputFile; format: InputFormat }[] = [];
  for (const name of names) {
    const file = await openInputFile(name, io.cwd);
    files.push({ file, format: formatOf(name, flags.format) });
  }
  const sizes = files.map(({ file }) => file.size);
  const totalBytes = sizes.includes(undefined)
    ? undefined
    : sizes.reduce<number>((total, size) => total + size!, 0);
  return { files, table, conversion, totalBytes };
}

function readTimeZone(text: string): TimeZone {
  try {
    return parseTimeZone(text);
  } catch (error) {
    if (!isCodecError(error)) throw error;
    throw new CliError("invalid-setting", error.message);
  }
}

/** The table comes last; the other order is the likeliest slip, and `no such file` would not explain it. */
async function refuseSwappedOrder(names: readonly string[], table: string, io: CliIo): Promise<void> {
  const isFile = async (name: string): Promise<boolean> =>
    stat(resolve(io.cwd, name)).then(
      (found) => found.isFile(),
      () => false,
    );
  const tableIsFile = await isFile(table);
  if (!tableIsFile || (await isFile(names[0]!))) return;
  throw new CliError("invalid-usage", `${table} is a file, but the last argument has to be the table.`, {
    next: `Write the files first: mctunnel upload ${[...names.slice(1), table].join(" ")} ${names[0]}`,
  });
}
