import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import {
  type FileSource,
  type InputFormat,
  openFileSource,
  type UploadFilesEvent,
  type UploadFilesOptions,
  uploadSource,
} from "@maxcompute-tunnel/files";
import { uploadTarget } from "@maxcompute-tunnel/session";
import {
  type BlockSource,
  gatedTarget,
  runUpload,
  type UploadReceipt,
  type UploadTarget,
} from "@maxcompute-tunnel/writer";
import { formatTableTarget, type TableTarget } from "maxcompute-tunnel";
import type { CommandRun } from "../commands/cli-context.ts";
import { type OpenTable, openTable } from "../commands/open-table.ts";
import { CliError } from "../errors.ts";
import { type LoadReport, writeReceipt } from "../report/load-receipt.ts";
import { shellCommand } from "../report/shell-words.ts";
import { writeUploadDetails } from "../state/upload-details.ts";
import { loadAftermath } from "./aftermath.ts";
import { loadPacer } from "./block-pacer.ts";
import { compressorOf } from "./compressor-of.ts";
import { createTable } from "./create-table.ts";
import { type LoadJournal, openLoadJournal } from "./load-journal.ts";
import { LoadRejects } from "./load-rejects.ts";
import type { LoadRequest } from "./load-request.ts";
import { defaultMemoryBytes, LoadWatch, loadSourceOptions, readAs } from "./load-source.ts";
import { LoadTally } from "./load-tally.ts";
import { openLoadView } from "./load-view.ts";
import { given } from "./reading.ts";
import { checkSamePlace, settingsOf } from "./same-place.ts";
import type { UploadFlags } from "./upload-flags.ts";

/**
 * Loads inputs into a table and commits: everything or nothing. What is wrong on this side is found before the service
 * is asked anything.
 *
 * @returns how many records were rejected
 */
export async function runLoad(run: CommandRun, request: LoadRequest): Promise<number> {
  const startedAt = run.io.now();
  const { flags } = request;
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
    const { source, table, journal, watch } = this.#parts;
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
        parallel: this.#parallel,
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
          ? await uploadSource(this.#target(), this.#watched(source), { ...options, compression })
          : await runUpload(this.#target(), await this.#transformed(source, flags.transform), {
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
    const { overwrite = false, createPartition = false } = this.#request.flags;
    const { tunnel, target, noteContact } = this.#parts.table;
    const { partition, ...table } = target;
    const inner = uploadTarget(tunnel.connection, table, {
      overwrite,
      createPartition,
      ...given({ partition }),
    });
    const noted = <Session extends { readonly schema: { readonly columns: readonly ColumnSpec[] } }>(
      session: Session,
    ): Session => {
      noteContact();
      this.#columns = session.schema.columns;
      return session;
    };
    const pacer = loadPacer(this.#run, this.#request.flags);
    const paced = (target: UploadTarget): UploadTarget => pacer?.before(target) ?? target;
    const gate = gatedTarget(
      paced({
        ...inner,
        create: async (options) => noted(await inner.create(options)),
        resume: async (id, options) => noted(await inner.resume(id, options)),
      }),
      { parallel: this.#parallel },
    );
    this.#parts.table.onThrottled(() => gate.noteThrottled());
    return gate.target;
  }

  get #parallel(): number {
    return this.#request.flags.parallel ?? 4;
  }

  /** Rows that a module makes of records. */
  async #transformed(source: FileSource, name: string): Promise<BlockSource> {
    const { flags, inputs } = this.#request;
    if ((flags.maxRejects ?? 0) !== 0) {
      throw new CliError(
        "invalid-setting",
        "--transform and --max-rejects do not go together: the module can leave out what it likes.",
      );
    }
    const { transformSource } = await import("../transform/transform-source.ts");
    const { loadTransform } = await import("../transform/load-transform.ts");
    const transform = await loadTransform(name, this.#run.io.cwd);
    const options = loadSourceOptions(this.#run, this.#request, this.#parts.watch);
    return transformSource(source, { inputs, options, transform });
  }

  /** The source, which before its first block says what may go wrong with so many. */
  #watched(source: FileSource): FileSource {
    const { io } = this.#run;
    const beforeBlocks = (columns: readonly ColumnSpec[]): Promise<void> => this.#rejects.openKeeper(columns);
    let isWarned = this.#request.flags.quiet === true;
    return {
      fingerprint: source.fingerprint,
      settings: source.settings,
      totalBytes: source.totalBytes,
      threads: source.threads,
      get progress() {
        return source.progress;
      },
      formats: () => source.formats(),
      plan: (columns) => source.plan(columns),
      useCompression: (decided) => source.useCompression(decided),
      async *blocks(request) {
        await beforeBlocks(request.columns);
        if (!isWarned) {
          isWarned = true;
          const { warnings } = await source.plan(request.columns);
          for (const warning of warnings) io.stderr.write(`warning: ${warning}\n`);
        }
        yield* source.blocks(request);
      },
      close: () => source.close(),
      [Symbol.asyncDispose]: () => source.close(),
    };
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
      ...compressionOf(flags.compress ?? "auto", tally),
      ...readAs(this.#columns, flags),
      load: journal?.name,
      rejectsFile: this.#rejects.path,
    };
  }
}

/** What blocks were compressed with, and what `auto` has found out. */
function compressionOf(
  choice: NonNullable<UploadFlags["compress"]>,
  { decided }: LoadTally,
): Pick<LoadReport, "compression" | "compressionReason"> {
  if (choice !== "auto") {
    const compression = typeof choice === "string" ? choice : `${choice.name}:${choice.level}`;
    return { compression, compressionReason: undefined };
  }
  if (decided === undefined || decided.name === "none") {
    return { compression: "none", compressionReason: undefined };
  }
  const speed = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB/s`;
  return {
    compression: decided.name,
    compressionReason: `${decided.name} was chosen: the link takes ${speed(decided.plainBytesPerSecond)} as it is, and ${speed(decided.expectedBytesPerSecond)} so`,
  };
}
