import { resolve } from "node:path";
import { type FilePlan, type FileReject, type FileSource, openFileSource } from "@maxcompute-tunnel/files";
import type { TableInfo } from "@maxcompute-tunnel/service";
import { formatTableTarget } from "maxcompute-tunnel";
import { exitCodes } from "../../exit-codes.ts";
import { openLoadView } from "../../load/load-view.ts";
import { given, readingOf } from "../../load/reading.ts";
import { openRejectsFile } from "../../load/rejects-file.ts";
import { readTable } from "../../load/service-table.ts";
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
  inputs: readonly string[],
  name: string,
): Promise<boolean> {
  const { io, stop } = run;
  const slash = name.indexOf("/");
  const { maxRejects: allowed = 0, ...reading } = readingOf(
    flags,
    slash < 0 ? undefined : name.slice(slash + 1),
  );
  const { parallel: workers, blockSize: blockBytes, memory: memoryBytes } = flags;
  const watch = new CheckWatch(flags.rejects === undefined ? undefined : resolve(io.cwd, flags.rejects));
  await using source = await openFileSource(inputs, {
    ...reading,
    ...given({ workers, blockBytes, memoryBytes }),
    cwd: io.cwd,
    compression: "none",
    maxRejects: Number.POSITIVE_INFINITY,
    onRead: (bytes) => {
      watch.readBytes += bytes;
    },
    onReject: (reject) => watch.note(reject),
  });
  stop.signal.addEventListener("abort", () => void source.close(), { once: true });
  await source.formats();
  const table = await openTable(name, flags, run);
  try {
    const info = await readTable(table, stop.signal);
    const result = await readAll(run, flags, source, info, watch);
    const limit = typeof allowed === "number" ? allowed : shareOf(allowed, result);
    writeResult(run, flags, formatTableTarget(table.target), result, result.rejected <= limit);
    return result.rejected <= limit;
  } finally {
    await table.close();
  }
}

async function readAll(
  { io, stop }: CommandRun,
  flags: CheckFlags,
  source: FileSource,
  { columns }: TableInfo,
  watch: CheckWatch,
): Promise<CheckResult> {
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
      block.release?.();
    }
  } finally {
    view.close();
  }
  const { rejected, shown, rejectsFile } = watch;
  return { ...totals, rejected, shown, rejectsFile, readMs: io.now() - startedAt, plan };
}

/** Takes what the source tells while it is read. */
class CheckWatch {
  readBytes = 0;
  rejected = 0;
  readonly shown: FileReject[] = [];
  readonly rejectsFile: string | undefined;
  readonly #file: ReturnType<typeof openRejectsFile> | undefined;

  constructor(rejectsFile: string | undefined) {
    this.rejectsFile = rejectsFile;
    this.#file = rejectsFile === undefined ? undefined : openRejectsFile(rejectsFile, false);
  }

  note(reject: FileReject): void {
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
  const { rows, rejected, encodedBytes, blocks, readMs, plan, shown, rejectsFile } = result;
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
    };
    const exitCode = isFine ? 0 : exitCodes.data;
    const report = { ok: isFine, command: "check", exitCode, table, ...facts, warnings, readMs, estimatedMs };
    io.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  if (flags.quiet === true) return;
  const lines = [
    `${formatCounted(rows, "row")} would go into ${table}; nothing was sent.`,
    `  ${formatBytes(encodedBytes)} encoded, ${formatCounted(blocks, "block")} of about ${formatBytes(plan.blockBytes)}`,
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
