import { createHash } from "node:crypto";
import { type FileSource, openFileSource } from "@maxcompute-tunnel/files";
import { uploadTarget } from "@maxcompute-tunnel/session";
import {
  blockGate,
  createMemoryBudget,
  type JsonValue,
  type UploadTarget,
  WriterError,
} from "@maxcompute-tunnel/writer";
import { formatTableTarget } from "maxcompute-tunnel";
import type { CommandRun } from "../commands/cli-context.ts";
import { type OpenTable, openTable } from "../commands/open-table.ts";
import { CliError } from "../errors.ts";
import { loadPacer } from "../load/block-pacer.ts";
import { compressorOf } from "../load/compressor-of.ts";
import { createTable } from "../load/create-table.ts";
import { type LoadJournal, openLoadJournal } from "../load/load-journal.ts";
import { LoadRejects } from "../load/load-rejects.ts";
import type { LoadRequest } from "../load/load-request.ts";
import { defaultMemoryBytes, LoadWatch, loadSourceOptions, readAs } from "../load/load-source.ts";
import { openLoadView } from "../load/load-view.ts";
import { given } from "../load/reading.ts";
import { checkSamePlace, settingsOf } from "../load/same-place.ts";
import { describeTable } from "../load/service-table.ts";
import type { UploadFlags } from "../load/upload-flags.ts";
import { shellCommand } from "../report/shell-words.ts";
import { readUploadDetails, writeUploadDetails } from "../state/upload-details.ts";
import { columnsOf, everything } from "./deal-out.ts";
import { knownLanes, laneJob } from "./lane-jobs.ts";
import { partitionedAftermath } from "./partition-aftermath.ts";
import { alreadyLoaded, type PartitionedReport, writePartitionedReceipt } from "./partition-report.ts";
import { defaultMostPartitions, PartitionRouter } from "./partition-router.ts";
import { dealtSourceOptions, type PartitionRule, partitionRule } from "./partition-rule.ts";
import { PartitionTally } from "./partition-tally.ts";
import { PartitionUpload } from "./partition-upload.ts";

/**
 * Loads inputs into the partitions that their rows name. Each partition has a session of its own and is loaded whole or
 * not at all; none is committed before the server has every block of all of them.
 *
 * @returns how many records were rejected
 */
export async function runPartitionedLoad(
  run: CommandRun,
  request: LoadRequest,
  partitionBy: readonly string[],
): Promise<number> {
  const startedAt = run.io.now();
  const { flags, resumption } = request;
  run.aftermath = () => ({ safe: undefined, next: undefined, sessionId: undefined });
  checkFlags(request);
  const watch = new LoadWatch();
  const table = await openTable(request.table, flags, run);
  try {
    checkSamePlace(resumption?.place, settingsOf(table.settings, table.target));
    await createTable(run, table, request);
    const { columns, partitionKeys } = await describeTable(table, run.stop.signal);
    const rule = partitionRule(partitionBy, {
      name: formatTableTarget(table.target),
      columns,
      partitionKeys,
    });
    await using source = await openFileSource(
      request.inputs,
      dealtSourceOptions(loadSourceOptions(run, request, watch), rule),
    );
    run.stop.signal.addEventListener("abort", () => void source.close(), { once: true });
    const journal = await openLoadJournal(run.io, { ...flags, resumedId: resumption?.id });
    const load = new PartitionedLoad(run, request, { source, table, journal, rule, watch });
    try {
      const report = await load.run();
      writePartitionedReceipt(run.io, { ...report, durationMs: run.io.now() - startedAt }, flags);
      return report.rejected;
    } finally {
      await load.end();
    }
  } finally {
    await table.close();
  }
}

function checkFlags({ flags, table }: LoadRequest): void {
  if (table.includes("/")) {
    throw new CliError(
      "invalid-setting",
      "--partition-by finds the partition of each row: name the table alone.",
      {
        next: "For a key with one value in all rows say --set KEY=VALUE.",
      },
    );
  }
  if (flags.transform !== undefined) {
    throw new CliError("invalid-setting", "--partition-by and --transform do not go together yet.");
  }
}

interface PartitionedParts {
  readonly source: FileSource;
  readonly table: OpenTable;
  readonly journal: LoadJournal | undefined;
  readonly rule: PartitionRule;
  readonly watch: LoadWatch;
}

class PartitionedLoad {
  readonly #run: CommandRun;
  readonly #request: LoadRequest;
  readonly #parts: PartitionedParts;
  readonly #uploads = new Map<string, PartitionUpload>();
  readonly #tally: PartitionTally;
  readonly #stop = new AbortController();
  readonly #name: string;
  /** Everything of the inputs, by name, size and time, and how it is read. */
  readonly #reading: string;
  /** A short form of it. */
  readonly #sourceText: string;
  readonly #open: (partition: string) => Promise<PartitionUpload>;
  #rejectsFile: string | undefined;
  #isDone = false;
  /** Whether earlier runs have begun it. */
  #isKnown = false;

  constructor(run: CommandRun, request: LoadRequest, parts: PartitionedParts) {
    this.#run = run;
    this.#request = request;
    this.#parts = parts;
    this.#name = formatTableTarget(parts.table.target);
    this.#tally = new PartitionTally(parts.source.totalBytes, this.#uploads);
    const { source, rule } = parts;
    this.#reading = JSON.stringify([source.fingerprint, source.settings, rule.keys]);
    this.#sourceText = createHash("sha256").update(this.#reading).digest("hex");
    this.#open = this.#opener();
  }

  async run(): Promise<Omit<PartitionedReport, "durationMs">> {
    const { source, watch, rule, journal } = this.#parts;
    const { flags, command } = this.#request;
    const { io, stop } = this.#run;
    // Before anything else can fail: a journal that leads to partitions must outlive this run.
    const done = await this.#doneBefore();
    const inputs = await source.formats();
    const about = {
      command,
      target: this.#parts.table.target,
      table: this.#name,
      keys: rule.keys.map(({ name }) => name),
    };
    if (done !== undefined) {
      this.#isDone = true;
      return { ...about, ...done, inputs, ...given({ job: flags.job }) };
    }
    const rejects = new LoadRejects(io, this.#request, { source, inputs, journal }, undefined);
    this.#rejectsFile = rejects.path;
    await this.#begin();
    await rejects.openKeeper(rule.readColumns);
    const tally = this.#tally;
    const view = openLoadView(io, flags, () => tally.progress);
    watch.onRead = (bytes) => tally.read(bytes);
    watch.onReject = (reject) => {
      tally.rejected += 1;
      rejects.note(reject);
    };
    tally.tell = (event) => view.tell(event);
    this.#run.aftermath = (error) =>
      partitionedAftermath(error, {
        table: this.#name,
        uploads: [...this.#uploads.values()],
        resumeName: this.#uploads.size === 0 && !this.#isKnown ? undefined : journal?.name,
        createPartition: flags.createPartition === true,
        overwrite: flags.overwrite === true,
      });
    const onStop = (): void => this.#stop.abort(stop.signal.reason);
    stop.signal.addEventListener("abort", onStop, { once: true });
    try {
      await this.#dealOut();
      await this.#commitAll();
      this.#isDone = true;
      return {
        ...about,
        outcome: "committed",
        partitions: [...this.#uploads.values()].map(({ partition, receipt }) => ({
          partition,
          receipt: receipt!,
        })),
        rejected: tally.rejected,
        inputs: inputs.map((input, index) => ({ ...input, rows: tally.inputRows.get(index) ?? 0 })),
        readBytes: tally.readBytes,
        overwrite: flags.overwrite === true,
        compression: compressionText(flags.compress),
        ...readAs(rule.readColumns, flags),
        job: flags.job,
        rejectsFile: rejects.path,
      };
    } catch (error) {
      this.#stop.abort(error);
      await Promise.all([...this.#uploads.values()].map(({ over }) => over));
      throw error;
    } finally {
      stop.signal.removeEventListener("abort", onStop);
      stop.endShield();
      view.close();
      if (this.#isDone) rejects.show();
    }
  }

  /** Once every partition is in, their own journals say so; before that the load's has to lead back to them. */
  async end(): Promise<void> {
    const { journal } = this.#parts;
    await journal?.close(!this.#isDone && (this.#uploads.size > 0 || this.#isKnown));
  }

  /**
   * Whether earlier runs have done all there is to do.
   *
   * @throws WriterError `source-changed` where they have done a part of it, with other inputs
   */
  async #doneBefore(): Promise<ReturnType<typeof alreadyLoaded> | undefined> {
    const { journal } = this.#parts;
    if (journal === undefined) return undefined;
    const isNew = (await journal.journal.facts()).length === 0;
    this.#isKnown = !isNew;
    const known = await knownLanes(journal.directory, journal.id);
    this.#isKnown ||= known.length > 0;
    const changed = known.filter(({ details }) => readUploadDetails(details)?.source !== this.#sourceText);
    if (isNew && known.length > 0 && known.every(({ phase }) => phase === "committed")) {
      return alreadyLoaded(known, changed.length > 0);
    }
    if (changed.length === 0) return undefined;
    const committed = known.filter(({ phase }) => phase === "committed").map(({ partition }) => partition);
    throw new WriterError(
      `The inputs have changed since this load began${committed.length === 0 ? "" : `, and of the partitions ${committed.join(" and ")} ${committed.length === 1 ? "is" : "are"} loaded with what they were`}. Bring them back as they were to go on`,
      { code: "source-changed" },
    );
  }

  async #begin(): Promise<void> {
    const { journal, table } = this.#parts;
    if (journal === undefined || (await journal.journal.facts()).length > 0) return;
    const { overwrite = false, job } = this.#request.flags;
    await journal.journal.append(
      {
        kind: "begun",
        at: this.#run.io.now(),
        table: table.target,
        overwrite,
        ...given({ job }),
        details: this.#details({}),
      },
      { sync: true },
    );
  }

  #details(own: { readonly group?: string; readonly source?: string }): JsonValue {
    const { argv, flags } = this.#request;
    const { settings, target } = this.#parts.table;
    const partitionBy = own.group === undefined ? { partitionBy: flags.partitionBy ?? [] } : {};
    return writeUploadDetails({
      ...{ argv, cwd: this.#run.io.cwd, settings: settingsOf(settings, target), ...partitionBy },
      ...given({ rejectsFile: this.#rejectsFile }),
      ...own,
    });
  }

  /** Reads everything and puts each row into the lane of its partition, opening lanes as they are needed. */
  async #dealOut(): Promise<void> {
    const { source, rule } = this.#parts;
    const { maxPartitions = defaultMostPartitions } = this.#request.flags;
    const router = new PartitionRouter(rule, maxPartitions);
    const { signal } = this.#stop;
    for await (const block of source.blocks(everything(rule, signal))) {
      this.#tally.countInput(block.range.input, block.rows);
      for (const batch of columnsOf(block, rule)) {
        const routed = router.route(batch);
        const uploads = await Promise.all(routed.map(({ partition }) => this.#open(partition)));
        signal.throwIfAborted();
        for (const [at, { batch: rows, from, to }] of routed.entries()) uploads[at]!.lane.put(rows, from, to);
        await uploads[0]?.lane.room();
        signal.throwIfAborted();
      }
    }
  }

  /** Ends all lanes, waits until the server has everything, and has the partitions committed, some at a time. */
  async #commitAll(): Promise<void> {
    const { stop } = this.#run;
    const { journal } = this.#parts;
    const uploads = [...this.#uploads.values()];
    const everythingSent = Promise.withResolvers<void>();
    everythingSent.promise.catch(() => undefined);
    const sent: Promise<unknown>[] = [];
    for (const [at, upload] of uploads.entries()) {
      const before = uploads[at - commitsAtATime];
      const mayCommit = everythingSent.promise.then(() => before?.over);
      upload.end(mayCommit);
      sent.push(upload.sent);
    }
    this.#tally.phase = "finishing";
    await Promise.all(sent);
    this.#stop.signal.throwIfAborted();
    // The signal may not have heard of it yet: nothing is committed before this was looked at.
    const failed = uploads.find(({ failure }) => failure !== undefined)?.failure;
    if (failed !== undefined) throw failed.error;
    stop.shieldCommit(
      journal === undefined
        ? shellCommand("mctunnel", "history")
        : shellCommand("mctunnel", "resume", journal.name),
    );
    this.#tally.phase = "committing";
    everythingSent.resolve();
    await Promise.all(uploads.map(({ over }) => over));
    const failures = uploads.flatMap(({ failure, standing }) =>
      failure === undefined ? [] : [{ ...failure, standing }],
    );
    const worst = failures.find(({ standing }) => standing === "unknown") ?? failures[0];
    if (worst !== undefined) throw worst.error;
    this.#tally.phase = "committed";
  }

  /** Opens the upload of a partition, once; the first one that fails before the commits ends the load. */
  #opener(): (partition: string) => Promise<PartitionUpload> {
    const { flags } = this.#request;
    const { source, table, journal } = this.#parts;
    const { parallel = 4, overwrite = false, createPartition = false } = flags;
    const gate = blockGate({ parallel });
    table.onThrottled(() => gate.noteThrottled());
    const pacer = loadPacer(this.#run, flags);
    const budget = createMemoryBudget(Math.ceil(((flags.memory ?? defaultMemoryBytes) * 3) / 4));
    const { partition: _none, ...name } = table.target;
    const names = source.fingerprint.map(({ name: file }) => file).join(", ");
    const compressor = compressorOf(flags.compress ?? "auto");
    compressor.catch(() => undefined);
    const noted = (target: UploadTarget): UploadTarget => noting(target, () => table.noteContact());
    return async (partition) => {
      const known = this.#uploads.get(partition);
      if (known !== undefined) return known;
      const target = uploadTarget(table.tunnel.connection, name, { partition, overwrite, createPartition });
      const upload = new PartitionUpload(partition, {
        fingerprint: { name: names },
        settings: this.#reading,
        blockBytes: flags.blockSize ?? 16 * 1024 * 1024,
        budget,
        target: gate.before(pacer?.before(noted(target)) ?? noted(target)),
        options: {
          ...(journal === undefined
            ? {}
            : { journal: journal.directory, job: laneJob(journal.name, partition) }),
          details: this.#details({ ...given({ group: journal?.id }), source: this.#sourceText }),
          compressor: await compressor,
          parallel,
          budget,
          signal: this.#stop.signal,
          now: this.#run.io.now,
        },
        onEvent: (event) => this.#tally.hear(partition, event),
      });
      this.#uploads.set(partition, upload);
      void upload.over.then(() => {
        if (upload.failure !== undefined && this.#tally.phase !== "committing")
          this.#stop.abort(upload.failure.error);
      });
      await upload.ready();
      return upload;
    };
  }
}

/** A target that tells when the service has answered. */
function noting(target: UploadTarget, note: () => void): UploadTarget {
  const noted = <T>(session: T): T => {
    note();
    return session;
  };
  return {
    ...target,
    create: async (options) => noted(await target.create(options)),
    resume: async (id, options) => noted(await target.resume(id, options)),
  };
}

function compressionText(choice: UploadFlags["compress"] = "none"): string {
  if (typeof choice === "string") return choice === "auto" ? "none" : choice;
  return `${choice.name}:${choice.level}`;
}

/** How many partitions are committed at a time. */
const commitsAtATime = 4;
