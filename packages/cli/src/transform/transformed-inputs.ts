import type { FileInput, FileSource, FileSourceOptions } from "@maxcompute-tunnel/files";
import type { BlockSource } from "@maxcompute-tunnel/writer";
import { loadTransform } from "./load-transform.ts";
import { transformSource } from "./transform-source.ts";

/**
 * The rows that a module makes of the records of inputs.
 *
 * @param known the inputs, for what tells them from others
 * @param options how they are read
 * @throws CliError `file-not-found`, `invalid-setting`
 */
export async function transformedInputs(
  name: string,
  inputs: readonly (string | FileInput)[],
  known: FileSource,
  options: FileSourceOptions,
): Promise<BlockSource> {
  const transform = await loadTransform(name, options.cwd ?? process.cwd());
  return transformSource(known, { inputs, options, transform });
}
