import { CliError } from "../errors.ts";
import type { UploadFlags } from "../load/upload-flags.ts";

/**
 * Refuses what a module leaves without a meaning.
 *
 * @throws CliError `invalid-setting`
 */
export function checkTransformFlags(flags: UploadFlags): void {
  if (flags.transform === undefined) return;
  const refuse = (flag: string, why: string): never => {
    throw new CliError("invalid-setting", `--transform and ${flag} do not go together: ${why}.`);
  };
  if ((flags.maxRejects ?? 0) !== 0) refuse("--max-rejects", "the module can leave out what it likes");
  if (flags.map !== undefined) refuse("--map", "the module says what goes into which column");
  if (flags.set !== undefined) refuse("--set", "the module can set what it likes");
  if (flags.dryRun === true)
    refuse("--dry-run", "it reads what the files hold, not what the module makes of it");
}
