import { resolve } from "node:path";
import {
  type FileInput,
  type FilePlan,
  type FileReject,
  type FileSource,
  type FileSourceOptions,
  openFileSource,
} from "@maxcompute-tunnel/files";
import type { TableInfo } from "@maxcompute-tunnel/service";
import { formatTableTarget } from "maxcompute-tunnel";
import { exitCodes } from "../../exit-codes.ts";
import { LoadWatch, loadSourceOptions } from "../../load/load-source.ts";
import { openLoadView } from "../../load/load-view.ts";
import { openRejectsFile } from "../../load/rejects-file.ts";
import { describeTable, readTable } from "../../load/service-table.ts";
import { columnsOf } from "../../partitions/deal-out.ts";
import { partitionLines } from "../../partitions/partition-report.ts";
import { defaultMostPartitions, PartitionRouter } from "../../partitions/partition-router.ts";
import { dealtSourceOptions, type PartitionRule, partitionRule } from "../../partitions/partition-rule.ts";
import { formatBytes, formatCount, formatCounted, formatDuration } from "../../report/figures.ts";
import { describeReject } from "../../report/reject-line.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import { openTable } from "../open-table.ts";
import type { CheckFlags } from "./check-flags.ts";

/** What reading everything has come to. */
interface CheckResult {
  readonly rows: number;
  readonly rejected: number;
  readonly encodedBytes: number;
  readonly blocks: number;
  readonly readMs: number;
  readonly plan: FilePlan;
  readonly shown: readonly FileReject[];
  readonly rejectsFile: string | undefined;
  /** Where rows are dealt out: how many go to each partition. */
  readonly partitions: readonly { readonly partition: string; readonly rows: number }[] | undefined;
}

/** `mctunnel check INPUT… TABLE`. */
export async function check(this: CliContext, flags: CheckFlags, ...positionals: string[]): Promise<void> {
  await runCommand(this, "check", flags, async (run) => {
    if (await checkInputs(run, flags, positionals.slice(0, -1), positionals.at(-1)!)) return;
    this.exitCode = exitCodes.data;
  });
}

/** Reads and converts everything. @returns whether a load would go through */
export async function checkInputs(
  run: CommandRun,
  flags: CheckFlags,
  inputs: readonly (string | FileInput)[],
  name: string,
): Promise<boolean> {
  const { io, stop } = run;
  const watch = new CheckWatch(flags.rejects === undefined ? undefined : resolve(io.cwd, flags.rejects));
  const { maxRejects: allowed = 0, ...options } = loadSourceOptions(run, { flags, table: name }, watch);
  const reading = { ...options, compression: "none", maxRejects: Number.POSITIVE_INFINITY } as const;
  const opening = async (how: FileSourceOptions): Promise<FileSource> => {
    const source = await openFileSource(inputs, how);
    stop.signal.addEventListener("abort", () => void source.close(), { once: true });
    await source.formats();
    return source;
  };
  // What is wrong with the inputs is found before the service is asked anything, where that can be.
  const early = flags.partitionBy === undefined ? await opening(reading) : undefined;
  try {
    const table = await openTable(name, flags, run);
    try {
      const target = formatTableTarget(table.target);
      const info = await (flags.partitionBy === undefined ? readTable : describeTable)(table, stop.signal);
      const rule = flags.partitionBy && partitionRule(flags.partitionBy, { ...info, name: target });
      await using source = early ?? (await opening(dealtSourceOptions(reading, rule!)));
      const result = await readAll(run, flags, source, { columns: info.columns, rule }, watch);
      const limit = typeof allowed === "number" ? allowed : shareOf(allowed, result);
      writeResult(run, flags, target, result, result.rejected <= limit);
      return result.rejected <= limit;
    } finally {
      await table.close();
    }
  } finally {
    await early?.close();
  }
}

/** What is read, and how it is dealt out where it is. */
interface Layout {
  readonly columns: TableInfo["columns"];
  readonly rule: PartitionRule | undefined;
}

async function readAll(
  { io, stop }: CommandRun,
  flags: CheckFlags,
  source: FileSource,
  { columns: own, rule }: Layout,
  watch: CheckWatch,
): Promise<CheckResult> {
  const columns = rule?.readColumns ?? own;
  const router = rule && new PartitionRouter(rule, flags.maxPartitions ?? defaultMostPartitions);
  const partitions = new Map<string, number>();
  const plan = await source.plan(columns);
  const startedAt = io.now();
  const totals = { rows: 0, encodedBytes: 0, blocks: 0 };
  const view = openLoadView(io, flags, () => ({
    phase: "loading",
    rows: totals.rows,
    readBytes: watch.readBytes,
    totalBytes: source.totalBytes,
    sentBytes: 0,
    blocks: totals.blocks,
    blocksInFlight: 0,
    retries: 0,
    rejected: watch.rejected,
  }));
  try {
    const request = {
      stored: [],
      again: [],
      compareStored: false,
      maxFieldBytes,
      columns,
      signal: stop.signal,
    };
    for await (const block of source.blocks(request)) {
      totals.rows += block.rows;
      totals.encodedBytes += block.bytes;
      if (block.rows > 0) totals.blocks += 1;
      if (rule === undefined) block.release?.();
      else {
        const routed = columnsOf(block, rule).flatMap((batch) => router!.route(batch));
        for (const { partition, count } of routed)
          partitions.set(partition, (partitions.get(partition) ?? 0) + count);
      }
    }
  } finally {
    view.close();
  }
  const { rejected, shown, rejectsFile } = watch;
  return {
    ...{ ...totals, rejected, shown, rejectsFile, readMs: io.now() - startedAt, plan },
    partitions: rule && [...partitions].map(([partition, rows]) => ({ partition, rows })),
  };
}

/** Takes what the source tells while it is read. */
class CheckWatch extends LoadWatch {
  readBytes = 0;
  rejected = 0;
  readonly shown: FileReject[] = [];
  readonly rejectsFile: string | undefined;
  readonly #file: ReturnType<typeof openRejectsFile> | undefined;

  constructor(rejectsFile: string | undefined) {
    super();
    this.onRead = (bytes) => {
      this.readBytes += bytes;
    };
    this.onReject = (reject) => this.#note(reject);
    this.rejectsFile = rejectsFile;
    this.#file = rejectsFile === undefined ? undefined : openRejectsFile(rejectsFile, false);
  }

  #note(reject: FileReject): void {
    this.rejected += 1;
    if (this.shown.length < mostShown) this.shown.push(reject);
    this.#file?.add(reject);
  }
}

function shareOf(limit: `${number}%`, { rows, rejected }: CheckResult): number {
  return (Number(limit.slice(0, -1)) / 100) * (rows + rejected);
}

function writeResult(
  { io }: CommandRun,
  flags: CheckFlags,
  table: string,
  result: CheckResult,
  isFine: boolean,
): void {
  const { rows, rejected, encodedBytes, blocks, readMs, plan, shown, rejectsFile, partitions } = result;
  const bytesPerSecond = Math.min(
    flags.bandwidth ?? Number.POSITIVE_INFINITY,
    (flags.parallel ?? 4) * blockBytesPerSecond,
  );
  const sendMs = (encodedBytes / bytesPerSecond) * 1000;
  // What is read while blocks leave takes no time of its own.
  const estimatedMs = Math.max(readMs, sendMs);
  if (flags.json === true) {
    const { warnings, inputs, blockBytes } = plan;
    const facts = {
      rows,
      rejected,
      rejectsFile,
      rejects: shown,
      files: inputs,
      encodedBytes,
      blocks,
      blockBytes,
      partitions,
    };
    const exitCode = isFine ? 0 : exitCodes.data;
    const report = { ok: isFine, command: "check", exitCode, table, ...facts, warnings, readMs, estimatedMs };
    io.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  if (flags.quiet === true) return;
  const lines = [
    `${formatCounted(rows, "row")} would go into ${table}; nothing was sent.`,
    partitions === undefined
      ? `  ${formatBytes(encodedBytes)} encoded, ${formatCounted(blocks, "block")} of about ${formatBytes(plan.blockBytes)}`
      : `  ${formatBytes(encodedBytes)} encoded, into ${formatCounted(partitions.length, "partition")}:`,
    ...partitionLines(partitions ?? []).map((line) => `  ${line}`),
    `  read in ${formatDuration(readMs)}; a load takes about ${formatDuration(estimatedMs)} where ${formatBytes(bytesPerSecond)}/s can be sent`,
    ...plan.inputs.map(({ file, format, hasHeader, splittable }) => {
      const header = hasHeader === undefined ? "" : hasHeader ? ", with a header" : ", without a header";
      return `  ${file}: ${format}${header}${splittable ? "" : ", read by one thread"}`;
    }),
    ...plan.warnings.map((warning) => `  ${warning}`),
  ];
  if (rejected > 0) {
    lines.push(`  ${formatCounted(rejected, "record")} would be rejected:`);
    lines.push(...shown.map((reject) => `    ${describeReject(reject)}`));
    if (rejected > shown.length) lines.push(`    … and ${formatCount(rejected - shown.length)} more`);
    if (rejectsFile !== undefined) lines.push(`  all of them are in ${rejectsFile}`);
  }
  io.stdout.write(`${lines.join("\n")}\n`);
}

/** What the service takes for one block (protocol: MaxCompute Tunnel, quotas). */
const blockBytesPerSecond = 10_000_000;
/** What the service takes for one field, unless a session says otherwise. */
const maxFieldBytes = 8 * 1024 * 1024;
const mostShown = 10;
