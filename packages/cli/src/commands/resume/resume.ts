import { CliError } from "../../errors.ts";
import type { ReadFlags } from "../../load/read-flags.ts";
import type { SendFlags } from "../../load/send-flags.ts";
import { formatCounted } from "../../report/figures.ts";
import { findLoad } from "../../state/find-load.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { readUploadDetails } from "../../state/upload-details.ts";
import { type CliContext, runCommand } from "../cli-context.ts";
import { loadJson } from "../history/load-lines.ts";
import type { CommonFlags } from "../settings-flags.ts";

/** The flags of `mctunnel resume`. */
export interface ResumeFlags
  extends CommonFlags,
    Pick<ReadFlags, "maxRejects">,
    Pick<SendFlags, "parallel" | "memory" | "bandwidth" | "progress" | "stateDir"> {
  readonly last?: boolean;
}

/** `mctunnel resume ID|--last`. */
export async function resume(this: CliContext, flags: ResumeFlags, id?: string): Promise<void> {
  const { last, ...over } = flags;
  let again: (() => Promise<number>) | undefined;
  await runCommand(this, "resume", flags, async ({ io }) => {
    const directory = openStateDirectory(io, flags.stateDir);
    const found = await findLoad(directory, id, last === true);
    if (found.damage !== undefined) throw found.damage;
    const details = readUploadDetails(found.details);
    // One partition goes on with all the others of its load.
    const group = details?.group;
    const whole = group === undefined ? undefined : (await directory.list({ id: group }))[0];
    if (found.phase === "committed" && whole === undefined) {
      const verb = found.rows === 1 ? "is" : "are";
      const said = `Load ${found.id} is done: ${formatCounted(found.rows, "row")} ${verb} committed.`;
      const report = { ok: true, command: "resume", ...loadJson(found, io.now()) };
      if (flags.json === true) io.stdout.write(`${JSON.stringify(report)}\n`);
      else if (flags.quiet !== true) io.stdout.write(`${said}\n`);
      return;
    }
    if (details === undefined) {
      throw new CliError(
        "load-not-resumable",
        `Load ${found.id} was begun by another program, which has to go on with it.`,
      );
    }
    const shown = { json: flags.json === true, quiet: flags.quiet === true };
    const resumption = {
      id: whole?.id ?? found.id,
      place: details.settings,
      flags: { ...over, ...shown, stateDir: directory.path },
    };
    again = () => this.rerun(details.argv, details.cwd, resumption);
  });
  if (again !== undefined) this.exitCode = await again();
}
