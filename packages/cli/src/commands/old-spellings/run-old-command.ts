import type { CliIo } from "../../cli-io.ts";
import { isCliError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import { shellCommand } from "../../report/shell-words.ts";
import { readProfile } from "../../settings/config-file.ts";
import { readOdpsConfig } from "../../settings/odps-config.ts";
import { translateOldCommand } from "./translate.ts";
import type { OldWorld } from "./translation.ts";

/** Translates a command line of `tunnel`, says what it has become, and runs that. */
export async function runOldCommand(
  words: readonly string[],
  io: CliIo,
  runOwn: (argv: readonly string[]) => Promise<number>,
): Promise<number> {
  const translation = translateOldCommand(words, await oldWorldOf(io));
  if (translation.kind === "refused") {
    io.stderr.write(`error: ${translation.message}\n  next: ${translation.next}\n`);
    return exitCodes.usage;
  }
  if (translation.argv.at(-1) !== "--help") {
    io.stderr.write(`this is: ${shellCommand("mctunnel", ...translation.argv)}\n`);
    for (const note of translation.notes) io.stderr.write(`  note: ${note}\n`);
  }
  return await runOwn(translation.argv);
}

/** What the translation needs to know; a file that cannot be read is told about by the command that follows. */
async function oldWorldOf(io: CliIo): Promise<OldWorld> {
  const config = await readOdpsConfig(io, io.env["MCTUNNEL_ODPS_CONFIG"] || undefined).catch(ignoreFault);
  const profile = await readProfile(io, io.env["MCTUNNEL_PROFILE"] || undefined).catch(ignoreFault);
  const said = io.env["ODPS_PROJECT"] || io.env["ODPS_PROJECT_NAME"];
  return {
    localZone: io.env["TZ"] || Intl.DateTimeFormat().resolvedOptions().timeZone,
    project: said || profile?.values.project || config?.project,
    threeLevels: config?.all.get("odps.namespace.schema")?.toLowerCase() === "true",
    ...(config === undefined ? {} : { configured: config.all }),
  };
}

function ignoreFault(error: unknown): undefined {
  if (!isCliError(error)) throw error;
  return undefined;
}
