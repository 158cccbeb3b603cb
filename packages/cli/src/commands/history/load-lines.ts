import type { JournalSummary } from "@maxcompute-tunnel/writer/node";
import { alignedLines } from "../../report/aligned-lines.ts";
import { formatCount } from "../../report/figures.ts";
import { shellCommand } from "../../report/shell-words.ts";
import { type LoadState, loadStateOf } from "../../state/load-state.ts";
import { readUploadDetails } from "../../state/upload-details.ts";

/** A load as JSON reports it. */
export function loadJson(summary: JournalSummary, now: number): object {
  const { details, damage, phase: _phase, ...facts } = summary;
  const { argv, cwd, rejectsFile, group, partitionBy } = readUploadDetails(details) ?? {};
  const state = loadStateOf(summary, now);
  return { state, ...facts, argv, cwd, rejectsFile, group, partitionBy, damage: damage?.message };
}

/** Loads as a table for people, one a line. */
export function loadTable(summaries: readonly JournalSummary[], now: number): readonly string[] {
  const rows = summaries.map((summary) => [
    summary.id,
    loadStateOf(summary, now),
    timeText(summary.updatedAt ?? summary.startedAt),
    formatCount(summary.rows),
    targetOf(summary) ?? "?",
    commandOf(summary) ?? "",
  ]);
  const heads = ["id", "state", "last change", "rows", "table", "command"];
  return alignedLines([heads, ...rows], [3]);
}

/** Everything that is known of one load. */
export function loadLines(summary: JournalSummary, now: number): readonly string[] {
  const state = loadStateOf(summary, now);
  const details = readUploadDetails(summary.details);
  const { id, job, sessionId, expiresAt, startedAt, updatedAt, rows, rejected, overwrite } = summary;
  const facts: [string, string | undefined][] = [
    ["state", stateText(state, summary)],
    ["table", targetOf(summary)],
    ["partitions", details?.partitionBy && `by ${details.partitionBy.join(", ")}, each a load of its own`],
    ["part of", details?.group],
    ["job", job],
    ["session", sessionId],
    ["expires", state === "resumable" || state === "running" ? timeText(expiresAt) : undefined],
    ["started", timeText(startedAt)],
    ["last change", timeText(updatedAt)],
    ["rows", `${formatCount(rows)} on the server${overwrite ? ", to replace what was there" : ""}`],
    ["refused rows", rejected === 0 ? undefined : formatCount(rejected)],
    [
      "blocks",
      `${formatCount(summary.blocksStored)} on the server, ${formatCount(summary.blocksSealed)} made`,
    ],
    ["command", commandOf(summary)],
    ["in directory", details?.cwd],
    ["refused in", details?.rejectsFile],
    ["journal", summary.path],
    ["damage", summary.damage?.message],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(13)}${value}`],
  );
  const next = nextStep(state, summary);
  return [id, ...lines, ...(next === undefined ? [] : [`  next: ${next}`])];
}

function stateText(state: LoadState, { holder, details, refusal }: JournalSummary): string {
  switch (state) {
    case "running":
      return `running in process ${holder?.pid} on ${holder?.host}`;
    case "done":
      return "done: all rows are committed";
    case "resumable":
      if (readUploadDetails(details)?.partitionBy !== undefined)
        return "stopped: its partitions are committed or not, each whole, and it can be resumed";
      return "stopped: nothing is committed, and it can be resumed";
    case "expired":
      return "stopped: nothing is committed, and its session is over";
    case "unknown":
      return "its commit was sent, and what came of it is not known";
    case "ended":
      return refusal === undefined ? "stopped" : endTexts[refusal];
    case "damaged":
      return "its journal is damaged";
  }
}

/** What is known of a load that cannot go on, and no more. */
const endTexts: Readonly<Record<NonNullable<JournalSummary["refusal"]>, string>> = {
  "committed-elsewhere":
    "stopped: its session was committed, or being committed, but not by it; the table may hold a part of its rows",
  vanished:
    "stopped: its session was gone before its time; look at the table before anything is loaded again",
  critical: "stopped: the service gave its session up; look at the table before anything is loaded again",
};

function nextStep(state: LoadState, summary: JournalSummary): string | undefined {
  switch (state) {
    case "resumable":
    case "expired":
    case "unknown":
      return shellCommand("mctunnel", "resume", summary.id);
    case "running":
    case "done":
    case "ended":
    case "damaged":
      return undefined;
  }
}

function targetOf({ table, partition }: JournalSummary): string | undefined {
  return partition === undefined || table === undefined ? table : `${table}/${partition}`;
}

function commandOf({ details }: JournalSummary): string | undefined {
  const read = readUploadDetails(details);
  return read === undefined ? undefined : shellCommand("mctunnel", ...read.argv);
}

function timeText(time: Date | undefined): string {
  return time === undefined ? "" : `${time.toISOString().slice(0, 19)}Z`;
}
