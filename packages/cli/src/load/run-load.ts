import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import {
  type FileSource,
  type InputFormat,
  openFileSource,
  type UploadFilesEvent,
  type UploadFilesOptions,
  uploadSource,
} from "@maxcompute-tunnel/files";
import {
  type BlockSource,
  runUpload,
  type UploadReceipt,
  type UploadTarget,
} from "@maxcompute-tunnel/writer";
import { formatTableTarget, type TableTarget } from "maxcompute-tunnel";
import type { CommandRun } from "../commands/cli-context.ts";
import { type OpenTable, openTable } from "../commands/open-table.ts";
import { type LoadReport, writeReceipt } from "../report/load-receipt.ts";
import { shellCommand } from "../report/shell-words.ts";
import { writeUploadDetails } from "../state/upload-details.ts";
import { checkTransformFlags } from "../transform/transform-flags.ts";
import { loadAftermath } from "./aftermath.ts";
import { compressionOf } from "./compression-text.ts";
import { compressorOf } from "./compressor-of.ts";
import { createTable } from "./create-table.ts";
import { type LoadJournal, openLoadJournal } from "./load-journal.ts";
import { LoadRejects } from "./load-rejects.ts";
import type { LoadRequest } from "./load-request.ts";
import { defaultMemoryBytes, LoadWatch, loadSourceOptions, readAs } from "./load-source.ts";
import { LoadTally } from "./load-tally.ts";
import { parallelOf, targetOpener } from "./load-target.ts";
import { openLoadView } from "./load-view.ts";
import { given } from "./reading.ts";
import { checkSamePlace, settingsOf } from "./same-place.ts";
import { watchedSource } from "./watched-source.ts";

/**
 * Loads inputs into a table and commits: everything or nothing. What is wrong on this side is found before the service
 * is asked anything.
 *
 * @returns how many records were rejected
 */
export async function runLoad(run: CommandRun, request: LoadRequest): Promise<number> {
  const startedAt = run.io.now();
  const { flags } = request;
  checkTransformFlags(flags);
  if (flags.partitionBy !== undefined) {
    const { runPartitionedLoad } = await import("../partitions/run-partitioned-load.ts");
    return await runPartitionedLoad(run, request, flags.partitionBy);
  }
  run.aftermath = () => ({ safe: undefined, next: undefined, sessionId: undefined });
  const watch = new LoadWatch();
  const source = await openFileSource(request.inputs, loadSourceOptions(run, request, watch));
  const onStop = (): void => void source.close();
  run.stop.signal.addEventListener("abort", onStop, { once: true });
  let table: OpenTable | undefined;
  try {
    const inputs = await source.formats();
    table = await openTable(request.table, flags, run);
    checkSamePlace(request.resumption?.place, settingsOf(table.settings, table.target));
    await createTable(run, table, request);
    run.aftermath = () => ({ safe: "This run has sent nothing.", next: undefined, sessionId: undefined });
    const journal = await openLoadJournal(run.io, { ...flags, resumedId: request.resumption?.id });
    const load = new Load(run, request, { source, inputs, table, journal, watch });
    try {
      const report = await load.run();
      writeReceipt(run.io, { ...report, durationMs: run.io.now() - startedAt }, flags);
      return report.receipt.rejected;
    } finally {
      await journal?.close();
    }
  } finally {
    run.stop.signal.removeEventListener("abort", onStop);
    await source.close();
    await table?.close();
  }
}

interface LoadParts {
  readonly source: FileSource;
  readonly inputs: readonly InputFormat[];
  readonly table: OpenTable;
  readonly journal: LoadJournal | undefined;
  readonly watch: LoadWatch;
}

/** One run of a load, from its first request to its receipt. */
class Load {
  readonly #run: CommandRun;
  readonly #request: LoadRequest;
  readonly #parts: LoadParts;
  readonly #tally: LoadTally;
  readonly #name: string;
  readonly #rejects: LoadRejects;
  #columns: readonly ColumnSpec[] = [];

  constructor(run: CommandRun, request: LoadRequest, parts: LoadParts) {
    this.#run = run;
    this.#request = request;
    this.#parts = parts;
    this.#tally = new LoadTally(parts.source.totalBytes, run.io.now);
    this.#name = formatTableTarget(parts.table.target);
    this.#rejects = new LoadRejects(run.io, request, parts, parts.table.target.partition);
  }

  async run(): Promise<Omit<LoadReport, "durationMs">> {
    const { flags, resumption } = this.#request;
    const { table, journal, watch } = this.#parts;
    const tally = this.#tally;
    const { io, stop } = this.#run;
    const view = openLoadView(io, flags, () => tally.progress);
    this.#run.aftermath = (error) => this.#aftermath(error);
    watch.onRead = (bytes) => tally.read(bytes);
    watch.onReject = (reject) => {
      tally.rejected += 1;
      this.#rejects.note(reject);
    };
    const compression = flags.compress ?? "auto";
    try {
      const options: Omit<UploadFilesOptions, "compression"> = {
        parallel: parallelOf(flags),
        budget: flags.memory ?? defaultMemoryBytes,
        ...given({ journal: journal?.journal }),
        ...(flags.job === undefined || resumption !== undefined ? {} : { job: flags.job }),
        details: writeUploadDetails({
          argv: this.#request.argv,
          cwd: io.cwd,
          ...given({ rejectsFile: this.#rejects.path }),
          settings: settingsOf(table.settings, table.target),
        }),
        signal: stop.signal,
        now: io.now,
        onEvent: (event) => {
          tally.hear(event);
          this.#shield(event);
          view.tell(event);
        },
      };
      const receipt =
        flags.transform === undefined
          ? await uploadSource(this.#target(), this.#source, { ...options, compression })
          : await runUpload(this.#target(), await this.#transformed(flags.transform), {
              ...options,
              compressor: await compressorOf(compression),
            });
      return this.#report(receipt);
    } finally {
      stop.endShield();
      view.close();
      if (tally.phase === "committed") this.#rejects.show();
    }
  }

  #target(): UploadTarget {
    const { table } = this.#parts;
    const open = targetOpener(this.#run, this.#request.flags, table);
    return open(table.target.partition, (columns) => {
      this.#columns = columns;
    });
  }

  /** The source, which before its first block says what may go wrong with so many. */
  get #source(): FileSource {
    const { stderr } = this.#run.io;
    return watchedSource(this.#parts.source, {
      beforeBlocks: (columns) => this.#rejects.openKeeper(columns),
      onWarning:
        this.#request.flags.quiet === true
          ? undefined
          : (warning) => void stderr.write(`warning: ${warning}\n`),
    });
  }

  /** Rows that a module makes of records. */
  async #transformed(name: string): Promise<BlockSource> {
    const { transformedInputs } = await import("../transform/transformed-inputs.ts");
    const options = loadSourceOptions(this.#run, this.#request, this.#parts.watch);
    return await transformedInputs(name, this.#request.inputs, this.#parts.source, options);
  }

  /** From the commit's request to its answer nothing is broken off. */
  #shield({ kind }: UploadFilesEvent): void {
    const { stop } = this.#run;
    const { sessionId } = this.#tally;
    if (kind === "resumed" || kind === "started-over") stop.endShield();
    if (kind === "started-over") this.#rejects.startOver();
    if (kind !== "committing") return;
    const name = this.#parts.journal?.name;
    stop.shieldCommit(
      name === undefined
        ? shellCommand("mctunnel", "status", sessionId!, this.#name)
        : shellCommand("mctunnel", "resume", name),
    );
  }

  get #isResumed(): boolean {
    return this.#request.resumption !== undefined || this.#parts.journal?.isBegun === true;
  }

  #aftermath(error: unknown): ReturnType<typeof loadAftermath> {
    const { overwrite = false, createPartition = false } = this.#request.flags;
    const { journal, table } = this.#parts;
    const tally = this.#tally;
    const isResumed = this.#isResumed;
    return loadAftermath({
      error,
      table: this.#name,
      sessionId: tally.sessionId,
      isResumed,
      resumeName: tally.sessionId === undefined && !isResumed ? undefined : journal?.name,
      blocks: tally.progress.blocks,
      storedBlockIds: tally.storedBlockIds,
      phase: tally.phase,
      overwrite,
      createdPartition: createPartition ? table.target.partition : undefined,
    });
  }

  #report(receipt: UploadReceipt): Omit<LoadReport, "durationMs"> {
    const { flags, command } = this.#request;
    const { inputs, table, journal } = this.#parts;
    const tally = this.#tally;
    return {
      command,
      target: table.target satisfies TableTarget,
      table: this.#name,
      receipt,
      inputs: inputs.map(({ file, format, bytes }, index) => ({
        file,
        format,
        bytes,
        rows: receipt.keptBlocks > 0 ? undefined : (tally.inputRows.get(index) ?? 0),
      })),
      readBytes: tally.readBytes,
      overwrite: flags.overwrite === true,
      ...compressionOf(flags.compress, tally),
      ...readAs(this.#columns, flags),
      load: journal?.name,
      rejectsFile: this.#rejects.path,
    };
  }
}
