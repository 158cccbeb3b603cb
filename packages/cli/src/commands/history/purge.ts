import { rm } from "node:fs/promises";
import { isWriterError } from "@maxcompute-tunnel/writer";
import type { JournalDirectory, JournalSummary } from "@maxcompute-tunnel/writer/node";
import { rejectsFileOf } from "../../load/load-journal.ts";
import { formatCounted } from "../../report/figures.ts";
import { type LoadState, loadStateOf } from "../../state/load-state.ts";
import { openStateDirectory } from "../../state/state-directory.ts";
import { readUploadDetails } from "../../state/upload-details.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import { loadJson, loadTable } from "./load-lines.ts";

/** The flags of `mctunnel purge`. */
export interface PurgeFlags {
  /** In milliseconds. */
  readonly olderThan: number;
  readonly unfinished?: boolean;
  readonly yes?: boolean;
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `mctunnel purge --older-than 7d`. */
export async function purge(this: CliContext, flags: PurgeFlags): Promise<void> {
  await runCommand(this, "purge", flags, async (run) => {
    const { io } = run;
    const directory = openStateDirectory(io, flags.stateDir);
    const now = io.now();
    const old = await directory.purgeable(flags.olderThan);
    const kept = flags.unfinished === true ? [] : old.filter((load) => isUnfinished(loadStateOf(load, now)));
    const keptIds = new Set((await directory.list()).map(({ id }) => id));
    for (const load of old) if (!kept.includes(load)) keptIds.delete(load.id);
    // A partition that is loaded must be known as long as its load can go on: nothing else keeps it from being loaded again.
    const isNeeded = ({ details }: JournalSummary): boolean =>
      keptIds.has(readUploadDetails(details)?.group ?? "");
    const going = old.filter((load) => !kept.includes(load) && !isNeeded(load));
    const isForPeople = flags.json !== true && flags.quiet !== true;
    if (isForPeople) {
      if (going.length > 0) io.stdout.write(`${loadTable(going, now).join("\n")}\n`);
      if (kept.length > 0) {
        io.stdout.write(
          `${formatCounted(kept.length, "load")} that can be resumed or ${kept.length === 1 ? "has" : "have"} to be looked into will stay; --unfinished includes them.\n`,
        );
      }
    }
    const isWanted = going.length > 0 && (flags.yes === true || (await isConfirmed(run, going.length)));
    const removed = isWanted ? await removeAll(directory, going, run) : [];
    if (flags.json === true) {
      const [candidates, loads] = [going, removed].map((list) => list.map((load) => loadJson(load, now)));
      const report = { ok: true, command: "purge", directory: directory.path, candidates, removed: loads };
      io.stdout.write(`${JSON.stringify(report)}\n`);
    } else if (flags.quiet !== true)
      io.stdout.write(`${outcome(going, removed, isWanted, directory.path)}\n`);
  });
}

/** Forgotten, a job would load everything: also what its ended session may have put into the table. */
function isUnfinished(state: LoadState): boolean {
  return state === "resumable" || state === "ended";
}

async function isConfirmed({ io, stop }: CommandRun, count: number): Promise<boolean> {
  if (!io.keyboard.isTerminal) return false;
  const answer = await io.keyboard.readLine(
    `Forget ${count === 1 ? "this load" : `these ${count} loads`}? [y/N] `,
  );
  stop.signal.throwIfAborted();
  return /^y(?:es)?$/i.test(answer?.trim() ?? "");
}

async function removeAll(
  directory: JournalDirectory,
  going: readonly JournalSummary[],
  { stop }: CommandRun,
): Promise<readonly JournalSummary[]> {
  const removed: JournalSummary[] = [];
  for (const load of going) {
    stop.signal.throwIfAborted();
    try {
      await directory.remove(load.id);
      // Where rejected records were to go without a file being named for them.
      await rm(rejectsFileOf(directory, load.id), { force: true });
      removed.push(load);
      const group = readUploadDetails(load.details)?.group;
      if (group !== undefined && (await isForgotten(directory, group)))
        await rm(rejectsFileOf(directory, group), { force: true });
    } catch (error) {
      // Somebody has taken it up meanwhile, or removed it too.
      const isOthers =
        isWriterError(error) && (error.code === "journal-locked" || error.code === "nothing-to-resume");
      if (!isOthers) throw error;
    }
  }
  return removed;
}

/** Whether no partition of a load that dealt its rows out is known any more. */
async function isForgotten(directory: JournalDirectory, group: string): Promise<boolean> {
  return (await directory.list()).every(
    ({ id, details }) => id !== group && readUploadDetails(details)?.group !== group,
  );
}

function outcome(
  going: readonly JournalSummary[],
  removed: readonly JournalSummary[],
  isWanted: boolean,
  path: string,
): string {
  if (going.length === 0) return `Nothing in ${path} is to be forgotten.`;
  if (!isWanted) return "Nothing was removed; --yes removes them.";
  return `${formatCounted(removed.length, "load")} forgotten.`;
}
