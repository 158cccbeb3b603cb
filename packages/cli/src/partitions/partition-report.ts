import type { UploadReceipt } from "@maxcompute-tunnel/writer";
import type { JournalSummary } from "@maxcompute-tunnel/writer/node";
import type { CliIo } from "../cli-io.ts";
import { exitCodes } from "../exit-codes.ts";
import { alignedLines } from "../report/aligned-lines.ts";
import { formatBytes, formatCount, formatCounted, formatDuration } from "../report/figures.ts";
import type { LoadReport } from "../report/load-receipt.ts";
import { readingLines, retriesText } from "../report/receipt-lines.ts";

/** What is known of one partition that is loaded. */
export type PartitionReceipt = Pick<
  UploadReceipt,
  "outcome" | "sessionId" | "rows" | "bytes" | "sentBytes" | "retries" | "keptBlocks" | "requestIds"
> & { readonly blockIds?: UploadReceipt["blockIds"] };

/** All there is to say about a load into several partitions. */
export interface PartitionedReport
  extends Pick<
    LoadReport,
    | "command"
    | "target"
    | "table"
    | "readBytes"
    | "overwrite"
    | "compression"
    | "timeZone"
    | "binary"
    | "rejectsFile"
    | "durationMs"
  > {
  readonly keys: readonly string[];
  readonly outcome: "committed" | "already-committed";
  readonly partitions: readonly { readonly partition: string; readonly receipt: PartitionReceipt }[];
  readonly rejected: number;
  readonly inputs: readonly object[];
  readonly job?: string | undefined;
  /** Whether the inputs are not what they were when the load was done. */
  readonly isChanged?: boolean;
}

/** A load that earlier runs have done, as their journals tell of it. */
export function alreadyLoaded(
  known: readonly JournalSummary[],
  isChanged: boolean,
): Omit<PartitionedReport, "durationMs" | "command" | "target" | "table" | "keys" | "inputs" | "job"> {
  return {
    outcome: "already-committed",
    partitions: known.map(({ partition = "", sessionId = "", rows, bytes, blocksStored }) => ({
      partition,
      receipt: {
        ...{ outcome: "already-committed", sessionId, rows, bytes, sentBytes: 0, retries: 0, requestIds: [] },
        keptBlocks: blocksStored,
      },
    })),
    rejected: 0,
    readBytes: 0,
    overwrite: known[0]?.overwrite === true,
    compression: "none",
    timeZone: undefined,
    binary: undefined,
    rejectsFile: undefined,
    isChanged,
  };
}

/** Tells of a load into several partitions: one JSON object, or lines for people, or nothing. */
export function writePartitionedReceipt(
  io: CliIo,
  report: PartitionedReport,
  flags: { readonly json?: boolean; readonly quiet?: boolean },
): void {
  if (flags.json === true) io.stdout.write(`${JSON.stringify(asJson(report))}\n`);
  else if (flags.quiet !== true) io.stdout.write(`${asText(report).join("\n")}\n`);
}

function asJson(report: PartitionedReport): object {
  const { target, partitions, rejected, durationMs } = report;
  const sum = sumOf(report);
  return {
    ok: true,
    command: report.command,
    exitCode: rejected > 0 ? exitCodes.rejects : 0,
    outcome: report.outcome,
    project: target.project,
    schema: target.schema,
    table: target.table,
    partitionBy: report.keys,
    job: report.job,
    rows: sum(({ rows }) => rows),
    rejected,
    rejectsFile: rejected > 0 ? report.rejectsFile : undefined,
    files: report.inputs,
    partitions: partitions.map(({ partition, receipt }) => ({
      partition,
      committed: true,
      outcome: receipt.outcome,
      rows: receipt.rows,
      sessionId: receipt.sessionId,
      blocks: receipt.blockIds?.length ?? receipt.keptBlocks,
      keptBlocks: receipt.keptBlocks,
      requestIds: receipt.requestIds,
    })),
    readBytes: report.readBytes,
    encodedBytes: sum(({ bytes }) => bytes),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    compression: report.compression,
    blocks: sum(({ blockIds, keptBlocks }) => blockIds?.length ?? keptBlocks),
    keptBlocks: sum(({ keptBlocks }) => keptBlocks),
    retries: sum(({ retries }) => retries),
    overwrite: report.overwrite,
    timeZone: report.timeZone,
    binary: report.binary,
    durationMs: Math.round(durationMs),
  };
}

function asText(report: PartitionedReport): string[] {
  const { table, partitions, rejected, durationMs } = report;
  const sum = sumOf(report);
  const rows = sum(({ rows }) => rows);
  const into = `${formatCounted(partitions.length, "partition")} of ${table}`;
  const each = partitionLines(partitions.map(({ partition, receipt }) => ({ partition, ...receipt })));
  if (report.outcome === "already-committed") {
    return [
      `${formatCounted(rows, "row")} had been committed to ${into} before; nothing was done.`,
      ...each,
      ...(report.isChanged === true ? ["  the files are not what they were then"] : []),
    ];
  }
  if (partitions.length === 0) return [`There were no rows to load into ${table}.`];
  const retries = sum(({ retries: count }) => count);
  const bytes = sum(({ bytes: encoded }) => encoded);
  const sent = sum(({ sentBytes }) => sentBytes);
  const blocks = sum(({ blockIds = [] }) => blockIds.length);
  const seconds = Math.max(durationMs / 1000, 0.001);
  return [
    report.overwrite
      ? `Replaced the contents of ${into} with ${formatCounted(rows, "row")}; each partition at once.`
      : `Loaded ${formatCounted(rows, "row")} into ${into}; each partition at once.`,
    ...each,
    `  ${formatBytes(report.readBytes)} read, ${formatBytes(bytes)} encoded${report.compression === "none" ? "" : `, ${formatBytes(sent)} sent (${report.compression})`}, ${formatCounted(blocks, "block")}, ${retriesText(retries)}`,
    `  ${formatDuration(durationMs)}, ${formatCount(rows / seconds)} rows/s`,
    ...readingLines(rejected, report),
  ];
}

/** Partitions with their rows, one a line. */
export function partitionLines(
  partitions: readonly {
    readonly partition: string;
    readonly rows: number;
    readonly sessionId?: string;
    readonly outcome?: string;
  }[],
): readonly string[] {
  const cells = partitions.map(({ partition, rows, sessionId, outcome }) => [
    partition,
    formatCounted(rows, "row"),
    `${sessionId === undefined ? "" : `session ${sessionId}`}${outcome === "already-committed" ? ", committed before" : ""}`,
  ]);
  return alignedLines(cells, [1]).map((line) => `  ${line}`);
}

function sumOf({ partitions }: PartitionedReport): (of: (receipt: PartitionReceipt) => number) => number {
  return (of) => partitions.reduce((total, { receipt }) => total + of(receipt), 0);
}
