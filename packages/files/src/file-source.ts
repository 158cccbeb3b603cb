import { availableParallelism } from "node:os";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import {
  type BlockRequest,
  type BlockSource,
  type InputFingerprint,
  type ProducedBlock,
  WriterError,
} from "@maxcompute-tunnel/writer";
import type { DecidedCompression } from "./compress/block-compressor.ts";
import type { CompressionChoice } from "./compress/compression-choice.ts";
import { FilesError, isFilesError } from "./errors.ts";
import type { FormatName } from "./format/format-name.ts";
import { formatByName } from "./format/format-of.ts";
import { findInputs } from "./input/find-inputs.ts";
import { fingerprintOf } from "./input/fingerprint.ts";
import type { FoundInput } from "./input/found-input.ts";
import type { FileInput, FileSourceOptions } from "./options.ts";
import { type BlockSize, sizeBlocks } from "./plan/block-plan.ts";
import type { FilePlan } from "./plan/file-plan.ts";
import type { BlockRunner } from "./pool/block-runner.ts";
import { InlineRunner } from "./pool/inline-runner.ts";
import { WorkerPool } from "./pool/worker-pool.ts";
import { HeldBlocks } from "./produce/held-blocks.ts";
import type { ProductionParts } from "./produce/production.ts";
import { RangeProduction } from "./produce/range-production.ts";
import { checkRejectLimit, RejectBook } from "./produce/reject-book.ts";
import { StreamProduction } from "./produce/stream-production.ts";
import { type InputFormat, Survey, type SurveyedFiles } from "./survey/survey.ts";

/** Files as a source of blocks. Close it, or use it with `await using`. */
export interface FileSource extends BlockSource, AsyncDisposable {
  /** Bytes of all inputs as they lie there, or `undefined` when one is a pipe. */
  readonly totalBytes: number | undefined;
  /** Threads that encode: the workers, or the calling thread alone. */
  readonly threads: number;
  /** Everything besides the content that decides what the rows are. */
  readonly settings: string;
  /** What has been read and left out so far. */
  readonly progress: FileSourceProgress;
  /**
   * Reads the beginnings of the inputs, and says how each is laid out, before anything is known of the table.
   *
   * @throws FilesError `unknown-format`, `bad-compression`, `invalid-encoding`
   */
  formats(): Promise<readonly InputFormat[]>;
  /** Reads the beginnings of the inputs and says what the load will come to. */
  plan(columns: readonly ColumnSpec[]): Promise<FilePlan>;
  /** Compresses blocks begun from now on. */
  useCompression(decided: DecidedCompression): Promise<void>;
  close(): Promise<void>;
}

/** How far a {@link FileSource} has come. */
export interface FileSourceProgress {
  /** Bytes read from the inputs, before unpacking. */
  readonly readBytes: number;
  /** Rows in blocks handed out. */
  readonly rows: number;
  /** Records left out of them. */
  readonly rejected: number;
  /** Encoded bytes of those blocks, before compression. */
  readonly bytes: number;
  /** Milliseconds that threads spent encoding them, all threads together. */
  readonly encodeMs: number;
}

/**
 * Finds the inputs, looks at each, and makes them a source of blocks. Nothing but names, sizes and a little of each
 * file's ends is read before the first block is asked for.
 *
 * @throws FilesError `file-not-found`, `file-unreadable`, `not-a-file`, `unknown-format`, `invalid-option`
 */
export async function openFileSource(
  inputs: readonly (string | FileInput)[],
  options: FileSourceOptions = {},
): Promise<FileSource> {
  if (inputs.length === 0) throw new FilesError("invalid-option", "Expected at least one input");
  const { maxRejects = 0, memoryBytes = defaultMemoryBytes } = options;
  for (const [name, value] of Object.entries({
    workers: options.workers ?? 1,
    memoryBytes,
    blockBytes: options.blockBytes ?? 1,
  })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new FilesError("invalid-option", `Expected ${name} to be a whole number from 1 on, got ${value}`);
    }
  }
  checkRejectLimit(maxRejects);
  const found = await findInputs(inputs, options);
  const fingerprint = await Promise.all(found.map(fingerprintOf));
  const workers = Math.min(
    options.workers ?? worthwhileWorkers(found),
    workersWithin(memoryBytes, found, options.format),
  );
  return new OpenFiles(found, fingerprint, { ...options, workers, maxRejects, memoryBytes });
}

type Settled = FileSourceOptions &
  Required<Pick<FileSourceOptions, "workers" | "maxRejects" | "memoryBytes">>;

class OpenFiles implements FileSource {
  readonly fingerprint: readonly InputFingerprint[];
  readonly settings: string;
  readonly totalBytes: number | undefined;
  readonly #options: Settled;
  readonly #closing = new AbortController();
  readonly #survey: Survey;
  /** An input that can be read only once. */
  readonly #pipe: FoundInput | undefined;
  #isPipeRead = false;
  #runner: BlockRunner | undefined;
  #compression: DecidedCompression;
  readonly #progress = { readBytes: 0, rows: 0, rejected: 0, bytes: 0, encodeMs: 0 };

  constructor(found: readonly FoundInput[], fingerprint: readonly InputFingerprint[], options: Settled) {
    this.fingerprint = fingerprint;
    this.#options = options;
    this.settings = settingsOf(options);
    this.#survey = new Survey(found, options, this.#closing.signal);
    this.#pipe = found.find(({ file }) => file === undefined);
    this.#compression = decidedBy(options.compression ?? "none");
    // Threads get going while a session is opened and beginnings are read; until then they keep nobody waiting.
    const runner = this.#startRunner();
    if (runner instanceof WorkerPool) runner.keepAlive(false);
    const sizes = found.map(({ file }) => file?.size);
    this.totalBytes = sizes.includes(undefined)
      ? undefined
      : sizes.reduce<number>((total, size) => total + size!, 0);
  }

  get threads(): number {
    return this.#options.workers;
  }

  get progress(): FileSourceProgress {
    return { ...this.#progress };
  }

  formats(): Promise<readonly InputFormat[]> {
    return this.#survey.formats();
  }

  async plan(columns: readonly ColumnSpec[]): Promise<FilePlan> {
    const surveyed = await this.#survey.of(columns);
    const size = this.#sizeOf(surveyed);
    return {
      blockBytes: size.blockBytes,
      blocks: size.blocks,
      encodedBytes: surveyed.encodedBytes,
      warnings: size.warnings,
      inputs: surveyed.inputs.map(({ input, format, formatBy, survey }) => ({
        file: input.name,
        format,
        formatBy,
        splittable: survey.cuts !== "nowhere",
        bytes: input.file?.size,
        hasHeader: survey.hasHeader,
      })),
    };
  }

  async useCompression(decided: DecidedCompression): Promise<void> {
    this.#compression = decided;
    await this.#runner?.useCompression(decided);
  }

  async *blocks(request: BlockRequest): AsyncGenerator<ProducedBlock> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal]);
    signal.throwIfAborted();
    this.#usePipe();
    const runner = this.#runner ?? this.#startRunner();
    // Whoever waits for a thread or a pipe is told at once, and the threads end. Files can be asked for blocks again.
    const onAbort = (): void =>
      void (this.#pipe === undefined ? this.#endRunner(runner) : this.close(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      yield* this.#produce(request, runner, signal);
    } catch (error) {
      if (!isFilesError(error) || error.code !== "source-changed") throw error;
      throw new WriterError(error.message, { code: "source-changed", cause: error });
    } finally {
      signal.removeEventListener("abort", onAbort);
      await this.#endRunner(runner);
    }
  }

  async close(reason?: unknown): Promise<void> {
    this.#closing.abort(reason ?? new FilesError("invalid-option", "The source was closed"));
    await this.#endRunner(this.#runner);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @throws FilesError `read-once` when what a pipe had is gone: what is left of it must not pass for all of it */
  #usePipe(): void {
    if (this.#pipe === undefined) return;
    if (this.#isPipeRead) {
      const why = "The upload needs its rows a second time, and a pipe is read once; nothing was committed";
      throw new FilesError("read-once", `${this.#pipe.name}: ${why}`, {
        position: { file: this.#pipe.name },
      });
    }
    this.#isPipeRead = true;
  }

  async *#produce(
    request: BlockRequest,
    runner: BlockRunner,
    signal: AbortSignal,
  ): AsyncGenerator<ProducedBlock> {
    const { workers, maxRejects, memoryBytes, onReject, onRead } = this.#options;
    if (runner instanceof WorkerPool) runner.keepAlive(true);
    await runner.useCompression(this.#compression);
    const surveyed = await this.#survey.of(request.columns, request);
    const size = this.#sizeOf(surveyed);
    const alreadyRejected = request.stored.reduce((total, { rejected }) => total + rejected, 0);
    const rejects = new RejectBook(maxRejects, onReject, alreadyRejected);
    let production: { advance(): void } | undefined;
    const limit = Math.max(workers + 2, Math.floor(memoryBytes / size.blockBytes));
    const parts: ProductionParts = {
      columns: request.columns,
      runner,
      held: new HeldBlocks(limit, () => production?.advance()),
      rejects,
      size,
      maxFieldBytes: request.maxFieldBytes,
      rejectLimit: typeof maxRejects === "number" ? maxRejects + 1 : Number.POSITIVE_INFINITY,
      onRead: (bytes, file) => {
        this.#progress.readBytes += bytes;
        onRead?.(bytes, file);
      },
      onEncoded: (ms) => {
        this.#progress.encodeMs += ms;
      },
      startsSmall: this.#options.compression === "auto",
      signal,
    };
    const ranges = surveyed.inputs.filter(({ survey }) => survey.cuts !== "nowhere");
    const streams = surveyed.inputs.filter(({ survey }) => survey.cuts === "nowhere");
    for (const next of [new RangeProduction(ranges, parts), new StreamProduction(streams, parts)]) {
      production = next;
      for await (const block of next.blocks()) {
        this.#progress.rows += block.rows;
        this.#progress.bytes += block.bytes;
        this.#progress.rejected = rejects.rejected;
        yield block;
      }
    }
    this.#progress.rejected = rejects.rejected;
    rejects.finish();
  }

  #startRunner(): BlockRunner {
    const { workers, format } = this.#options;
    if (workers === 1) {
      this.#runner = new InlineRunner();
      return this.#runner;
    }
    const pool = new WorkerPool(workers);
    this.#runner = pool;
    const formats = this.fingerprint.map(({ name }) => likelyFormat(name, format));
    pool.prepare([...new Set(formats)].filter((known) => known !== undefined));
    return pool;
  }

  #sizeOf({ encodedBytes }: SurveyedFiles): BlockSize {
    const { blockBytes, memoryBytes, workers } = this.#options;
    return sizeBlocks({ asked: blockBytes, encodedBytes, memoryBytes, blocksHeld: workers + 4 });
  }

  /** Ends one runner: by then, another may be at work on the next blocks. */
  async #endRunner(runner: BlockRunner | undefined): Promise<void> {
    if (runner === this.#runner) this.#runner = undefined;
    await runner?.close();
  }
}

/**
 * A thread that reads Parquet holds the columns of a row group besides its block, some 50 MB with all they leave behind, so
 * that memory says how many there may be.
 */
function workersWithin(
  memoryBytes: number,
  found: readonly FoundInput[],
  said?: FormatName | "auto",
): number {
  const holdsRowGroups = found.some(({ name }) => likelyFormat(name, said) === "parquet");
  return holdsRowGroups
    ? Math.max(1, Math.floor(memoryBytes / bytesOfParquetThread))
    : Number.POSITIVE_INFINITY;
}

/** The format that is known before an input's beginning has been read. */
function likelyFormat(name: string, said: FormatName | "auto" = "auto"): FormatName | undefined {
  return said === "auto" ? formatByName(name) : said;
}

/** A thread takes a quarter of a second of work to get going, so that small files are done sooner without. */
function worthwhileWorkers(found: readonly FoundInput[]): number {
  const bytes = found.reduce((total, { file }) => total + (file?.size ?? Number.POSITIVE_INFINITY), 0);
  return Math.max(1, Math.min(4, availableParallelism(), Math.floor(bytes / bytesWorthAThread)));
}

/** Everything besides the content that decides what the rows are. */
function settingsOf(options: FileSourceOptions): string {
  const { format, encoding, dialect, conversion, header, columns, map, constants } = options;
  const { unknownFields, fieldCount } = options;
  const decisive = {
    ...{ format, encoding, dialect, conversion, header, columns, map, constants, unknownFields, fieldCount },
  };
  return JSON.stringify(decisive, (_key, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}

/** What a choice means as long as nothing has been measured. */
export function decidedBy(choice: CompressionChoice): DecidedCompression {
  if (choice === "auto") return { name: "none", level: undefined };
  if (typeof choice === "string") return { name: choice, level: undefined };
  return { name: choice.name, level: choice.level };
}

const bytesWorthAThread = 64 * 1024 * 1024;
const bytesOfParquetThread = 64 * 1024 * 1024;
const defaultMemoryBytes = 128 * 1024 * 1024;
