import type { TableTarget, WriteSummary } from "maxcompute-tunnel";
import type { CliIo } from "../cli-io.ts";
import { formatBytes, formatCount, formatCounted, formatDuration } from "./figures.ts";

/** All there is to say about an upload that was committed. */
export interface UploadReport {
  readonly target: TableTarget;
  /** The target as it can be given to a command. */
  readonly table: string;
  readonly sessionId: string;
  readonly summary: WriteSummary;
  readonly files: readonly {
    readonly file: string;
    readonly format: string;
    readonly rows: number;
    readonly bytes: number;
    readonly blankLines: number;
  }[];
  readonly readBytes: number;
  /** How the commit is known to have happened. */
  readonly confirmedBy: string;
  readonly overwrite: boolean;
  /** The zone in which dates and times without one were read. */
  readonly timeZone: string;
  /** Whether the table has columns for which the zone matters. */
  readonly readsTimes: boolean;
  /** How binary columns were read, where the table has any. */
  readonly binary: string | undefined;
  readonly durationMs: number;
}

/** Tells of an upload that was committed: one JSON object, or a few lines for people, or nothing. */
export function writeReceipt(
  io: CliIo,
  report: UploadReport,
  flags: { readonly json?: boolean; readonly quiet?: boolean },
): void {
  if (flags.json === true) io.stdout.write(`${JSON.stringify(asJson(report))}\n`);
  else if (flags.quiet !== true) io.stdout.write(`${asText(report).join("\n")}\n`);
}

function asJson(report: UploadReport): object {
  const { target, summary, files, readBytes, durationMs } = report;
  return {
    ok: true,
    command: "upload",
    project: target.project,
    schema: target.schema,
    table: target.table,
    partition: target.partition,
    sessionId: report.sessionId,
    rows: summary.rows,
    files,
    readBytes,
    encodedBytes: summary.bytes,
    sentBytes: summary.sentBytes,
    blocks: summary.blockIds.length,
    blockIds: summary.blockIds,
    retries: summary.retries,
    overwrite: report.overwrite,
    timeZone: report.timeZone,
    binary: report.binary,
    confirmedBy: report.confirmedBy,
    durationMs: Math.round(durationMs),
  };
}

function asText(report: UploadReport): string[] {
  const { summary, files, table, readBytes, durationMs, sessionId } = report;
  const seconds = Math.max(durationMs / 1000, 0.001);
  const from = files.length === 1 ? "" : ` from ${formatCounted(files.length, "file")}`;
  const sent = summary.sentBytes === summary.bytes ? "" : `, ${formatBytes(summary.sentBytes)} sent`;
  const retries =
    summary.retries === 0 ? "no retries" : summary.retries === 1 ? "1 retry" : `${summary.retries} retries`;
  const lines = [
    `${report.overwrite ? "Replaced the contents of" : "Loaded"} ${report.overwrite ? `${table} with ` : ""}${formatCounted(summary.rows, "row")}${from}${report.overwrite ? "" : ` into ${table}`}.`,
    `  ${formatBytes(readBytes)} read, ${formatBytes(summary.bytes)} encoded${sent}, ${formatCounted(summary.blockIds.length, "block")}, ${retries}`,
    `  ${formatDuration(durationMs)}, ${formatCount(summary.rows / seconds)} rows/s, session ${sessionId}`,
  ];
  if (report.readsTimes) lines.push(`  dates and times without a zone were read as ${report.timeZone}`);
  if (report.binary !== undefined) lines.push(`  binary columns were read as ${report.binary}`);
  const blank = files.reduce((total, file) => total + file.blankLines, 0);
  if (blank > 0) lines.push(`  ${formatCounted(blank, "blank line")} passed over`);
  if (summary.rows === 0) lines.push("  there were no rows to load");
  if (report.confirmedBy !== "answer")
    lines.push(`  ${confirmations[report.confirmedBy] ?? report.confirmedBy}`);
  return lines;
}

const confirmations: Readonly<Record<string, string>> = {
  status: "the commit's answer was lost; the session's status shows that it happened",
  "earlier-commit": "the session had been committed before",
  absence: "the commit's answer was lost; that the session is gone shows that it happened",
};
