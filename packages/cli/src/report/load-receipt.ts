import type { UploadReceipt } from "@maxcompute-tunnel/writer";
import type { TableTarget } from "maxcompute-tunnel";
import type { CliIo } from "../cli-io.ts";
import { exitCodes } from "../exit-codes.ts";
import { formatBytes, formatCount, formatCounted, formatDuration } from "./figures.ts";
import { readingLines, retriesText, type WhatWasRead } from "./receipt-lines.ts";

/** All there is to say about a load that was committed. */
export interface LoadReport extends WhatWasRead {
  /** `upload`, `resume` … */
  readonly command: string;
  readonly target: TableTarget;
  /** The target as it can be given to a command. */
  readonly table: string;
  readonly receipt: UploadReceipt;
  readonly inputs: readonly {
    readonly file: string;
    readonly format: string;
    readonly bytes: number | undefined;
    /** Where they were all read by this run. */
    readonly rows: number | undefined;
  }[];
  readonly readBytes: number;
  readonly overwrite: boolean;
  /** The compression that blocks were sent with, and why. */
  readonly compression: string;
  readonly compressionReason: string | undefined;
  /** What `mctunnel show` finds the load by. */
  readonly load: string | undefined;
  readonly durationMs: number;
}

/** Tells of a load that was committed: one JSON object, or a few lines for people, or nothing. */
export function writeReceipt(
  io: CliIo,
  report: LoadReport,
  flags: { readonly json?: boolean; readonly quiet?: boolean },
): void {
  if (flags.json === true) io.stdout.write(`${JSON.stringify(asJson(report))}\n`);
  else if (flags.quiet !== true) io.stdout.write(`${asText(report).join("\n")}\n`);
}

function asJson(report: LoadReport): object {
  const { target, receipt, durationMs } = report;
  const { rejected } = receipt;
  return {
    ok: true,
    command: report.command,
    exitCode: rejected > 0 ? exitCodes.rejects : 0,
    outcome: receipt.outcome,
    project: target.project,
    schema: target.schema,
    table: target.table,
    partition: target.partition,
    job: receipt.job,
    load: report.load,
    sessionId: receipt.sessionId,
    rows: receipt.rows,
    rejected,
    rejectsFile: rejected > 0 ? report.rejectsFile : undefined,
    files: report.inputs,
    readBytes: report.readBytes,
    encodedBytes: receipt.bytes,
    sentBytes: receipt.sentBytes,
    compression: report.compression,
    blocks: receipt.blockIds.length,
    blockIds: receipt.blockIds,
    keptBlocks: receipt.keptBlocks,
    retries: receipt.retries,
    requestIds: receipt.requestIds,
    overwrite: report.overwrite,
    timeZone: report.timeZone,
    binary: report.binary,
    confirmedBy: receipt.confirmedBy,
    durationMs: Math.round(durationMs),
  };
}

function asText(report: LoadReport): string[] {
  const { receipt, inputs, table, readBytes, durationMs } = report;
  const { rows, bytes, sentBytes, blockIds, retries, rejected, keptBlocks, sessionId, confirmedBy } = receipt;
  if (receipt.outcome === "already-committed") {
    return [
      `${formatCounted(rows, "row")} had been committed to ${table} before; nothing was done.`,
      `  session ${sessionId}${receipt.job === undefined ? "" : `, job ${receipt.job}`}`,
      ...(receipt.sourceChanges.length === 0 ? [] : ["  the files are not what they were then"]),
    ];
  }
  const seconds = Math.max(durationMs / 1000, 0.001);
  const from = inputs.length === 1 ? "" : ` from ${formatCounted(inputs.length, "file")}`;
  const sent = sentBytes === bytes ? "" : `, ${formatBytes(sentBytes)} sent`;
  const with_ = report.compression === "none" ? "" : ` (${report.compression})`;
  const lines = [
    report.overwrite
      ? `Replaced the contents of ${table} with ${formatCounted(rows, "row")}${from}.`
      : `Loaded ${formatCounted(rows, "row")}${from} into ${table}.`,
    `  ${formatBytes(readBytes)} read, ${formatBytes(bytes)} encoded${sent}${with_}, ${formatCounted(blockIds.length, "block")}, ${retriesText(retries)}`,
    `  ${formatDuration(durationMs)}, ${formatCount(rows / seconds)} rows/s, session ${sessionId}`,
  ];
  if (keptBlocks > 0)
    lines.push(`  ${formatCounted(keptBlocks, "block")} had been sent before and were kept`);
  if (report.compressionReason !== undefined) lines.push(`  ${report.compressionReason}`);
  lines.push(...readingLines(rejected, report));
  if (rows === 0) lines.push("  there were no rows to load");
  if (confirmedBy !== "answer") lines.push(`  ${confirmations[confirmedBy] ?? confirmedBy}`);
  return lines;
}

const confirmations: Readonly<Record<string, string>> = {
  status: "the commit's answer was lost; the session's status shows that it happened",
  "earlier-commit": "the session had been committed before",
  absence: "the commit's answer was lost; that the session is gone shows that it happened",
};
