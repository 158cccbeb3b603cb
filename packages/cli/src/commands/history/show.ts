import { createReadStream } from "node:fs";
import { CliError } from "../../errors.ts";
import { findLoad } from "../../state/find-load.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { readUploadDetails } from "../../state/upload-details.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import { loadJson, loadLines } from "./load-lines.ts";

/** The flags of `mctunnel show`. */
export interface ShowFlags {
  readonly last?: boolean;
  readonly rejects?: boolean;
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mctunnel show ID|--last [--rejects]`. */
export async function show(this: CliContext, flags: ShowFlags, id?: string): Promise<void> {
  await runCommand(this, "show", flags, async (run) => {
    const { io } = run;
    const summary = await findLoad(openStateDirectory(io, flags.stateDir), id, flags.last === true);
    if (flags.rejects === true) {
      await printRejects(run, summary.id, readUploadDetails(summary.details)?.rejectsFile, summary.rejected);
      return;
    }
    const now = io.now();
    if (flags.json === true) {
      io.stdout.write(`${JSON.stringify({ ok: true, command: "show", ...loadJson(summary, now) })}\n`);
    } else if (flags.quiet !== true) io.stdout.write(`${loadLines(summary, now).join("\n")}\n`);
  });
}

/** Prints the file of refused rows as it is: one JSON object a line. */
async function printRejects(
  { io, stop }: CommandRun,
  id: string,
  file: string | undefined,
  rejected: number,
): Promise<void> {
  if (file === undefined) {
    const none = rejected === 0 ? "Load refused no rows" : "Load kept no file of the rows it refused";
    throw new CliError("load-not-found", `${none}: ${id}.`);
  }
  try {
    const stream = createReadStream(file, { encoding: "utf8", signal: stop.signal });
    for await (const piece of stream) io.stdout.write(String(piece));
  } catch (cause) {
    stop.signal.throwIfAborted();
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError("file-not-found", `${file}: it cannot be read (${code}).`, {
      cause,
      position: { file },
    });
  }
}
