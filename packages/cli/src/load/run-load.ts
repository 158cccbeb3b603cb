import { resolve } from "node:path";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import { parseTimeZone } from "@maxcompute-tunnel/codec/text";
import {
  type FileInput,
  type FileReject,
  type FileSource,
  type FileSourceOptions,
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
import { formatCount } from "../report/figures.ts";
import { type LoadReport, writeReceipt } from "../report/load-receipt.ts";
import { describeReject } from "../report/reject-line.ts";
import { shellCommand } from "../report/shell-words.ts";
import { writeUploadDetails } from "../state/upload-details.ts";
import { loadAftermath } from "./aftermath.ts";
import { compressorOf } from "./compressor-of.ts";
import { createTable } from "./create-table.ts";
import { openRejectKeeper, type RejectKeeper } from "./kept-reject.ts";
import { type LoadJournal, openLoadJournal } from "./load-journal.ts";
import { LoadTally } from "./load-tally.ts";
import { openLoadView } from "./load-view.ts";
import { given, readingOf } from "./reading.ts";
import { openRejectsFile, type RejectsFile } from "./rejects-file.ts";
import type { Resumption } from "./resumption.ts";
import { checkSamePlace, settingsOf } from "./same-place.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** What is to be loaded. */
export interface LoadRequest {
  /** The command that asks for it. */
  readonly command: string;
  readonly inputs: readonly (string | FileInput)[];
  /** The table as it was named. */
  readonly table: string;
  readonly flags: UploadFlags;
  /** The command line to resume it by, without `mctunnel`. */
  readonly argv: readonly string[];
  /** The load that is gone on with. */
  readonly resumption: Resumption | undefined;
}

/**
 * Loads inputs into a table and commits: everything or nothing. What is wrong on this side is found before the service
 * is asked anything.
 *
 * @returns how many records were rejected
 */
export async function runLoad(run: CommandRun, request: LoadRequest): Promise<number> {
  const startedAt = run.io.now();
  const { flags } = request;
  run.aftermath = () => ({ safe: undefined, next: undefined, sessionId: undefined });
  const watch = new LoadWatch();
  const source = await openSource(run, request, watch);
  const onStop = (): void => void source.close();
  run.stop.signal.addEventListener("abort", onStop, { once: true });
  let table: OpenTable | undefined;
  try {
    const inputs = await source.formats();
    table = await openTable(request.table, flags, run);
    checkSamePlace(request.resumption?.place, settingsOf(table.settings, table.target));
    if (flags.createTable === true && request.resumption === undefined) {
      const names = request.inputs.map((input) => (typeof input === "string" ? input : input.path));
      const sql = await createTable(run, table, names, flags);
      if (sql !== undefined && flags.quiet !== true) run.io.stderr.write(`created: ${sql}\n`);
    }
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

/** What the source tells, before there is anybody to hear it. */
class LoadWatch {
  onRead: (bytes: number) => void = () => undefined;
  onReject: (reject: FileReject) => void = () => undefined;
}

async function openSource(run: CommandRun, request: LoadRequest, watch: LoadWatch): Promise<FileSource> {
  return await openFileSource(request.inputs, sourceOptions(run, request, watch));
}

function sourceOptions(run: CommandRun, request: LoadRequest, watch: LoadWatch): FileSourceOptions {
  const { flags, table } = request;
  const slash = table.indexOf("/");
  const { parallel: workers, blockSize: blockBytes, memory: memoryBytes = defaultMemoryBytes } = flags;
  return {
    ...readingOf(flags, slash < 0 ? undefined : table.slice(slash + 1)),
    ...given({ workers, blockBytes, memoryBytes }),
    cwd: run.io.cwd,
    compression: flags.compress ?? "auto",
    onRead: (bytes) => watch.onRead(bytes),
    onReject: (reject) => watch.onReject(reject),
  };
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
  readonly #shownRejects: string[] = [];
  #columns: readonly ColumnSpec[] = [];
  #rejects: RejectsFile | undefined;
  #keeper: RejectKeeper | undefined;

  constructor(run: CommandRun, request: LoadRequest, parts: LoadParts) {
    this.#run = run;
    this.#request = request;
    this.#parts = parts;
    this.#tally = new LoadTally(parts.source.totalBytes, run.io.now);
    this.#name = formatTableTarget(parts.table.target);
  }

  async run(): Promise<Omit<LoadReport, "durationMs">> {
    const { flags, resumption } = this.#request;
    const { source, table, journal, watch } = this.#parts;
    const tally = this.#tally;
    const { io, stop } = this.#run;
    const view = openLoadView(io, flags, () => tally.progress);
    this.#run.aftermath = (error) => this.#aftermath(error);
    watch.onRead = (bytes) => tally.read(bytes);
    watch.onReject = (reject) => this.#noteReject(reject);
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
          ...given({ rejectsFile: this.#rejectsPath() }),
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
      this.#showRejects();
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
    const gate = gatedTarget(
      {
        ...inner,
        create: async (options) => noted(await inner.create(options)),
        resume: async (id, options) => noted(await inner.resume(id, options)),
      },
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
    const options = sourceOptions(this.#run, this.#request, this.#parts.watch);
    return transformSource(source, { inputs, options, transform });
  }

  /** The source, which before its first block says what may go wrong with so many. */
  #watched(source: FileSource): FileSource {
    const { io } = this.#run;
    const beforeBlocks = (columns: readonly ColumnSpec[]): Promise<void> => this.#openKeeper(columns);
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
    if (kind === "started-over") this.#shownRejects.length = 0;
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

  #rejectsPath(): string | undefined {
    const { rejects, maxRejects = 0 } = this.#request.flags;
    if (rejects !== undefined) return resolve(this.#run.io.cwd, rejects);
    return maxRejects === 0 ? undefined : this.#parts.journal?.rejectsFile;
  }

  /** Rejects that are kept can be read again only with what their files' headers say. */
  async #openKeeper(columns: readonly ColumnSpec[]): Promise<void> {
    if (this.#rejectsPath() === undefined || this.#keeper !== undefined) return;
    const { source, inputs, table } = this.#parts;
    const reading = readingOf(this.#request.flags, table.target.partition);
    this.#keeper = await openRejectKeeper(source, inputs, reading, columns, {
      cwd: this.#run.io.cwd,
      given: this.#request.inputs,
    });
  }

  #noteReject(reject: FileReject): void {
    this.#tally.rejected += 1;
    if (this.#shownRejects.length < mostShownRejects) this.#shownRejects.push(describeReject(reject));
    const path = this.#rejectsPath();
    if (path === undefined) return;
    this.#rejects ??= openRejectsFile(path, this.#isResumed);
    this.#rejects.add(this.#keeper?.keep(reject) ?? reject);
  }

  /** Where rejects are allowed and nobody keeps them, the first of them are at least shown. */
  #showRejects(): void {
    const { flags } = this.#request;
    if (flags.quiet === true || (flags.maxRejects ?? 0) === 0 || this.#tally.phase !== "committed") return;
    for (const text of this.#shownRejects) this.#run.io.stderr.write(`rejected: ${text}\n`);
    const more = this.#tally.rejected - this.#shownRejects.length;
    if (more > 0) this.#run.io.stderr.write(`rejected: … and ${formatCount(more)} more\n`);
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
    const kinds = this.#columns.map(({ type }) => type.toLowerCase());
    const readsTimes = kinds.some((type) => /\b(?:datetime|timestamp)\b/.test(type));
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
      timeZone: readsTimes ? parseTimeZone(flags.timeZone ?? "UTC").name : undefined,
      binary: kinds.some((type) => /\bbinary\b/.test(type)) ? (flags.binary ?? "base64") : undefined,
      load: journal?.name,
      rejectsFile: this.#rejectsPath(),
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

const mostShownRejects = 5;
/** Besides this a process of four threads takes about 250 MB at full speed, one of two about 170. */
const defaultMemoryBytes = 96 * 1024 * 1024;
