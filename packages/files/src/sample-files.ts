import { FilesError } from "./errors.ts";
import { findInputs } from "./input/find-inputs.ts";
import type { FileInput, FileSourceOptions } from "./options.ts";
import { type FileSample, Survey } from "./survey/survey.ts";

/**
 * Reads the beginnings of inputs, to find out what is in them. Of a pipe, what was read is gone.
 *
 * @throws FilesError as `openFileSource`, and `unknown-format`, `bad-compression`, `invalid-encoding`
 */
export async function sampleFiles(
  inputs: readonly (string | FileInput)[],
  options: Pick<FileSourceOptions, "cwd" | "include" | "exclude" | "format" | "encoding"> = {},
): Promise<readonly FileSample[]> {
  const found = await findInputs(inputs, options);
  const done = new AbortController();
  try {
    return await new Survey(found, { ...options, workers: 1 }, done.signal).samples();
  } finally {
    done.abort(new FilesError("invalid-option", "The sample was taken"));
  }
}
