import { type ColumnConverter, compileColumns } from "@maxcompute-tunnel/codec/text";
import type { TableTarget, UploadSession } from "maxcompute-tunnel";
import { formatTableTarget } from "maxcompute-tunnel";
import { CsvRowReader } from "../../input/csv-row-reader.ts";
import { HeaderAgreement } from "../../input/header-agreement.ts";
import { JsonRowReader } from "../../input/json-row-reader.ts";
import { loadFile, type RowTaker } from "../../input/load-file.ts";
import type { RowReader } from "../../input/row-reader.ts";
import type { LoadPhase, LoadProgress } from "../../report/load-progress.ts";
import { noProgress, showProgress } from "../../report/progress-view.ts";
import { type UploadReport, writeReceipt } from "../../report/upload-receipt.ts";
import { type CliContext, type CommandRun, runCommand } from "../cli-context.ts";
import { openTable } from "../open-table.ts";
import { uploadAftermath } from "./aftermath.ts";
import { compressorOf } from "./compressor-of.ts";
import type { UploadFlags } from "./upload-flags.ts";
import { planUpload, type UploadPlan } from "./upload-plan.ts";

/** `mctunnel upload FILE… TABLE`. */
export default async function upload(
  this: CliContext,
  flags: UploadFlags,
  ...positionals: string[]
): Promise<void> {
  await runCommand(this, "upload", flags, async (run) => {
    const startedAt = run.io.now();
    const plan = await planUpload(positionals, flags, run.io);
    const { tunnel, target, noteContact } = await openTable(plan.table, flags, run);
    run.aftermath = () => ({ safe: "No rows were sent.", next: undefined, sessionId: undefined });
    try {
      const session = await tunnel.createUploadSession(target, {
        overwrite: flags.overwrite === true,
        createPartition: flags.createPartition === true,
        signal: run.stop.signal,
      });
      noteContact();
      const report = await load(run, plan, flags, session, target);
      writeReceipt(run.io, { ...report, durationMs: run.io.now() - startedAt }, flags);
    } finally {
      await tunnel.close();
    }
  });
}

/** Loads every file into the session and commits it: everything or nothing. */
async function load(
  run: CommandRun,
  plan: UploadPlan,
  flags: UploadFlags,
  session: UploadSession,
  target: TableTarget,
): Promise<Omit<UploadReport, "durationMs">> {
  const { io, stop } = run;
  const sessionId = session.getId();
  const table = formatTableTarget(target);
  const schema = session.getSchema();
  const columns = compileColumns(schema.columns, plan.conversion);
  const writer = session.openBufferedWriter({
    compress: await compressorOf(flags.compress),
    signal: stop.signal,
    ...(flags.parallel === undefined ? {} : { parallel: flags.parallel }),
    ...(flags.blockSize === undefined ? {} : { blockBytes: flags.blockSize }),
  });
  let phase: LoadPhase = "loading";
  let readBytes = 0;
  run.aftermath = (error) =>
    uploadAftermath({
      error,
      table,
      sessionId,
      storedBlockIds: writer.storedBlockIds,
      phase,
      overwrite: flags.overwrite === true,
      createdPartition: flags.createPartition === true ? target.partition : undefined,
    });
  const read = (): LoadProgress => {
    const { rows, blocks, blocksInFlight, retries } = writer.progress;
    return { phase, rows, readBytes, totalBytes: plan.totalBytes, blocks, blocksInFlight, retries };
  };
  const view = flags.quiet === true ? noProgress : showProgress(io, read);
  try {
    const files = await loadFiles(
      plan,
      flags,
      columns,
      schema.partitionKeys,
      writer,
      stop.signal,
      (bytes) => {
        readBytes += bytes;
      },
    );
    phase = "finishing";
    const summary = await writer.close();
    stop.shieldCommit(`mctunnel status ${sessionId} ${table}`);
    phase = "committing";
    const receipt = await session.commit(summary.blockIds);
    phase = "committed";
    stop.endShield();
    return {
      target,
      table,
      sessionId,
      summary,
      files,
      readBytes,
      confirmedBy: receipt.confirmedBy,
      overwrite: flags.overwrite === true,
      timeZone: plan.conversion.timeZone.name,
      readsTimes: columns.some(({ kind }) => kind === "datetime" || kind === "timestamp"),
      binary: columns.some(({ kind }) => kind === "binary") ? plan.conversion.binary : undefined,
    };
  } catch (error) {
    stop.endShield();
    await writer.abort(error);
    throw error;
  } finally {
    view.close();
  }
}

async function loadFiles(
  plan: UploadPlan,
  flags: UploadFlags,
  columns: readonly ColumnConverter[],
  partitionKeys: readonly { readonly name: string }[],
  writer: RowTaker,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<UploadReport["files"]> {
  const agreement = new HeaderAgreement();
  const header = flags.header === undefined ? "auto" : flags.header ? "present" : "absent";
  const partitionColumns = partitionKeys.map(({ name }) => name);
  const loaded: UploadReport["files"][number][] = [];
  for (const { file, format } of plan.files) {
    const reader: RowReader =
      format === "csv"
        ? new CsvRowReader({ file: file.name, columns, partitionColumns, header, agreement })
        : new JsonRowReader({ file: file.name, columns, partitionColumns });
    let bytes = 0;
    await loadFile(file, reader, writer, {
      columns,
      signal,
      onRead: (piece) => {
        bytes += piece;
        onRead(piece);
      },
    });
    loaded.push({ file: file.name, format, rows: reader.rowCount, bytes, blankLines: reader.blankLines });
  }
  return loaded;
}
