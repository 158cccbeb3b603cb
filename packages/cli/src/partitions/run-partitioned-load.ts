import { type FileSource, openFileSource } from "@maxcompute-tunnel/files";
import type { BlockSource } from "@maxcompute-tunnel/writer";
import { formatTableTarget } from "maxcompute-tunnel";
import type { CommandRun } from "../commands/cli-context.ts";
import { type OpenTable, openTable } from "../commands/open-table.ts";
import { CliError } from "../errors.ts";
import { saidCompression } from "../load/compression-text.ts";
import { createTable } from "../load/create-table.ts";
import { type LoadJournal, openLoadJournal } from "../load/load-journal.ts";
import { LoadRejects } from "../load/load-rejects.ts";
import type { LoadRequest } from "../load/load-request.ts";
import { LoadWatch, loadSourceOptions, readAs } from "../load/load-source.ts";
import { targetOpener } from "../load/load-target.ts";
import { openLoadView } from "../load/load-view.ts";
import { given } from "../load/reading.ts";
import { checkSamePlace, settingsOf } from "../load/same-place.ts";
import { describeTable } from "../load/service-table.ts";
import { shellCommand } from "../report/shell-words.ts";
import { commitPartitions } from "./commit-partitions.ts";
import { columnsOf, dealtRows, everything } from "./deal-out.ts";
import { partitionedAftermath } from "./partition-aftermath.ts";
import { type PartitionOpener, partitionOpener } from "./partition-opener.ts";
import { type PartitionedReport, writePartitionedReceipt } from "./partition-report.ts";
import { defaultMostPartitions, PartitionRouter } from "./partition-router.ts";
import { dealtSourceOptions, type PartitionRule, partitionRule } from "./partition-rule.ts";
import { PartitionTally } from "./partition-tally.ts";
import type { PartitionUpload } from "./partition-upload.ts";
import { PartitionedJournal } from "./partitioned-journal.ts";

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
  checkTable(request);
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
    const options = dealtSourceOptions(loadSourceOptions(run, request, watch), rule);
    await using source = await openFileSource(request.inputs, options);
    run.stop.signal.addEventListener("abort", () => void source.close(), { once: true });
    const rows = await dealtRows(request, source, options);
    const journal = await openLoadJournal(run.io, { ...flags, resumedId: resumption?.id });
    const load = new PartitionedLoad(run, request, { source, rows, table, journal, rule, watch });
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

function checkTable({ table }: LoadRequest): void {
  if (!table.includes("/")) return;
  throw new CliError(
    "invalid-setting",
    "--partition-by finds the partition of each row: name the table alone.",
    { next: "For a key with one value in all rows say --set KEY=VALUE." },
  );
}

interface PartitionedParts {
  readonly source: FileSource;
  readonly rows: BlockSource;
  readonly table: OpenTable;
  readonly journal: LoadJournal | undefined;
  readonly rule: PartitionRule;
  readonly watch: LoadWatch;
}

/** One run of a load into several partitions, from its first request to what there is to say about it. */
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
  readonly #journal: PartitionedJournal;
  #isDone = false;

  constructor(run: CommandRun, request: LoadRequest, parts: PartitionedParts) {
    this.#run = run;
    this.#request = request;
    this.#parts = parts;
    const { table, source, rows, rule } = parts;
    this.#name = formatTableTarget(table.target);
    this.#tally = new PartitionTally(source.totalBytes, this.#uploads);
    this.#reading = JSON.stringify([rows.fingerprint, rows.settings, rule.keys]);
    const { cwd, now } = run.io;
    const place = settingsOf(table.settings, table.target);
    this.#journal = new PartitionedJournal(
      { request, target: table.target, place, cwd, now, reading: this.#reading },
      parts.journal,
    );
  }

  async run(): Promise<Omit<PartitionedReport, "durationMs">> {
    const { source, watch, rule, journal } = this.#parts;
    const { flags, command } = this.#request;
    const { io, stop } = this.#run;
    // Before anything else can fail: a journal that leads to partitions must outlive this run.
    const done = await this.#journal.doneBefore();
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
    this.#journal.rejectsFile = rejects.path;
    await this.#journal.begin();
    await rejects.openKeeper(rule.readColumns);
    const tally = this.#tally;
    const view = openLoadView(io, flags, () => tally.progress);
    watch.onRead = (bytes) => tally.read(bytes);
    watch.onReject = (reject) => {
      tally.rejected += 1;
      rejects.note(reject);
    };
    tally.tell = (event) => view.tell(event);
    this.#run.aftermath = (error) => this.#aftermath(error);
    const onStop = (): void => this.#stop.abort(stop.signal.reason);
    stop.signal.addEventListener("abort", onStop, { once: true });
    try {
      await this.#dealOut(await this.#opener());
      await this.#commitAll();
      this.#isDone = true;
      return {
        ...about,
        outcome: "committed",
        partitions: this.#all.map(({ partition, receipt }) => ({ partition, receipt: receipt! })),
        rejected: tally.rejected,
        inputs: inputs.map((input, index) => ({ ...input, rows: tally.inputRows.get(index) ?? 0 })),
        readBytes: tally.readBytes,
        overwrite: flags.overwrite === true,
        compression: saidCompression(flags.compress) ?? "none",
        ...readAs(rule.readColumns, flags),
        job: flags.job,
        rejectsFile: rejects.path,
      };
    } catch (error) {
      this.#stop.abort(error);
      await Promise.all(this.#all.map(({ over }) => over));
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
    await this.#journal.close(!this.#isDone && this.#isBegun);
  }

  get #all(): readonly PartitionUpload[] {
    return [...this.#uploads.values()];
  }

  /** Whether this run or an earlier one has begun partitions. */
  get #isBegun(): boolean {
    return this.#uploads.size > 0 || this.#journal.isKnown;
  }

  #aftermath(error: unknown): ReturnType<typeof partitionedAftermath> {
    const { createPartition = false, overwrite = false } = this.#request.flags;
    return partitionedAftermath(error, {
      table: this.#name,
      uploads: this.#all,
      resumeName: this.#isBegun ? this.#journal.name : undefined,
      createPartition,
      overwrite,
    });
  }

  /** Reads everything and puts each row into the lane of its partition, opening lanes as they are needed. */
  async #dealOut(open: PartitionOpener): Promise<void> {
    const { rows: source, rule } = this.#parts;
    const { maxPartitions = defaultMostPartitions } = this.#request.flags;
    const router = new PartitionRouter(rule, maxPartitions);
    const { signal } = this.#stop;
    for await (const block of source.blocks(everything(rule, signal))) {
      this.#tally.countInput(block.range.input, block.rows);
      for (const batch of columnsOf(block, rule)) {
        const routed = router.route(batch);
        for (let at = 0; at < routed.length; at += openedAtATime) {
          const some = routed.slice(at, at + openedAtATime);
          const uploads = await Promise.all(some.map(({ partition }) => open(partition)));
          signal.throwIfAborted();
          for (const [index, rows] of some.entries()) {
            const { batch: own, from, to } = rows.pick();
            uploads[index]!.lane.put(own, from, to);
          }
          await uploads[0]?.lane.room();
          signal.throwIfAborted();
        }
      }
    }
  }

  async #commitAll(): Promise<void> {
    const tally = this.#tally;
    const { name } = this.#journal;
    tally.phase = "finishing";
    await commitPartitions(this.#all, {
      signal: this.#stop.signal,
      onCommitting: () => {
        this.#run.stop.shieldCommit(
          shellCommand("mctunnel", ...(name === undefined ? ["history"] : ["resume", name])),
        );
        tally.phase = "committing";
      },
    });
    tally.phase = "committed";
  }

  /** The first partition that fails before the commits ends the load. */
  async #opener(): Promise<PartitionOpener> {
    const { flags } = this.#request;
    const { source, table } = this.#parts;
    const tally = this.#tally;
    return await partitionOpener({
      uploads: this.#uploads,
      target: targetOpener(this.#run, flags, table),
      journal: this.#journal,
      flags,
      inputs: source.fingerprint.map(({ name }) => name).join(", "),
      reading: this.#reading,
      signal: this.#stop.signal,
      now: this.#run.io.now,
      onEvent: (partition, event) => tally.hear(partition, event),
      onFailure: (error) => tally.phase !== "committing" && this.#stop.abort(error),
    });
  }
}

/** Partitions that are asked for at a time: each takes a connection, and hundreds of them at once much memory. */
const openedAtATime = 8;
