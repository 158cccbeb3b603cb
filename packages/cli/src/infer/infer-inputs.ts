import { sampleFiles } from "@maxcompute-tunnel/files";
import type { ReadFlags } from "../load/read-flags.ts";
import { given, readingOf } from "../load/reading.ts";
import { type InferredSchema, inferSchema } from "./infer-schema.ts";

/** Reads the beginnings of inputs and suggests columns for them. */
export async function inferInputs(
  inputs: readonly string[],
  flags: ReadFlags,
  cwd: string,
): Promise<InferredSchema> {
  const {
    dialect = {},
    header = "auto",
    columns,
    include,
    exclude,
    format,
    encoding,
  } = readingOf(flags, undefined);
  const samples = await sampleFiles(inputs, { cwd, ...given({ include, exclude, format, encoding }) });
  return inferSchema(samples, { dialect, header, columns });
}

/** The names of fields that a table's columns are called otherwise, as `--map` takes them. */
export function renamedFields({
  columns,
}: InferredSchema): readonly (readonly [field: string, column: string])[] {
  return columns.flatMap(({ field, name }) =>
    field === undefined || field.trim().toLowerCase() === name ? [] : [[field, name] as const],
  );
}
