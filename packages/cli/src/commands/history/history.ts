import { type LoadState, loadStateOf } from "../../state/load-state.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { type CliContext, runCommand } from "../cli-context.ts";
import { loadJson, loadTable } from "./load-lines.ts";

/** The flags of `mctunnel history`. */
export interface HistoryFlags {
  readonly limit?: number;
  readonly state?: LoadState;
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mctunnel history [TABLE]`. */
export async function history(this: CliContext, flags: HistoryFlags, table?: string): Promise<void> {
  await runCommand(this, "history", flags, async ({ io }) => {
    const directory = openStateDirectory(io, flags.stateDir);
    const now = io.now();
    const all = await directory.list();
    const fitting = all.filter(
      (summary) =>
        (table === undefined || isInto(table, summary.table)) &&
        (flags.state === undefined || loadStateOf(summary, now) === flags.state),
    );
    const shown = fitting.slice(0, flags.limit ?? 20);
    if (flags.json === true) {
      const loads = shown.map((summary) => loadJson(summary, now));
      const report = {
        ok: true,
        command: "history",
        directory: directory.path,
        total: fitting.length,
        loads,
      };
      io.stdout.write(`${JSON.stringify(report)}\n`);
      return;
    }
    if (flags.quiet === true) return;
    if (shown.length === 0) {
      io.stdout.write(`There is no ${all.length === 0 ? "" : "such "}load in ${directory.path}.\n`);
      return;
    }
    io.stdout.write(`${loadTable(shown, now).join("\n")}\n`);
    const more = fitting.length - shown.length;
    if (more > 0) io.stdout.write(`… and ${more} older; --limit ${fitting.length} shows all\n`);
  });
}

/** Names are the same in any case; a table named alone is meant in every project. */
function isInto(named: string, table: string | undefined): boolean {
  const wanted = named.toLowerCase();
  const found = table?.toLowerCase();
  return found === wanted || (!wanted.includes(".") && found?.endsWith(`.${wanted}`) === true);
}
