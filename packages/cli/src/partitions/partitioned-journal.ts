import { createHash } from "node:crypto";
import { type JsonValue, WriterError } from "@maxcompute-tunnel/writer";
import type { JournalDirectory } from "@maxcompute-tunnel/writer/node";
import type { TableTarget } from "maxcompute-tunnel";
import type { LoadJournal } from "../load/load-journal.ts";
import type { LoadRequest } from "../load/load-request.ts";
import { given } from "../load/reading.ts";
import { type LoadPlace, readUploadDetails, writeUploadDetails } from "../state/upload-details.ts";
import { knownLanes, laneJob } from "./lane-jobs.ts";
import { alreadyLoaded } from "./partition-report.ts";

/** What a load into several partitions writes down of itself. */
export interface JournalledLoad {
  readonly request: LoadRequest;
  readonly target: TableTarget;
  readonly place: LoadPlace;
  readonly cwd: string;
  readonly now: () => number;
  /** Everything that its rows come from, and how they are read, in a text that differs when they do. */
  readonly reading: string;
}

/** The journals of a load into several partitions: its own leads to those of the partitions. */
export class PartitionedJournal {
  /** Where rejected records go, once that is known. */
  rejectsFile: string | undefined;
  readonly #load: JournalledLoad;
  readonly #journal: LoadJournal | undefined;
  /** A short form of what the rows come from. */
  readonly #source: string;
  #isKnown = false;

  constructor(load: JournalledLoad, journal: LoadJournal | undefined) {
    this.#load = load;
    this.#journal = journal;
    this.#source = createHash("sha256").update(load.reading).digest("hex");
  }

  /** Whether earlier runs have begun the load; known after `doneBefore`. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** What `mctunnel resume` finds the load by; nothing without a journal. */
  get name(): string | undefined {
    return this.#journal?.name;
  }

  /**
   * Whether earlier runs have done all there is to do.
   *
   * @throws WriterError `source-changed` where they have done a part of it, with other inputs
   */
  async doneBefore(): Promise<ReturnType<typeof alreadyLoaded> | undefined> {
    const journal = this.#journal;
    if (journal === undefined) return undefined;
    const isNew = (await journal.journal.facts()).length === 0;
    this.#isKnown = !isNew;
    const known = await knownLanes(journal.directory, journal.id);
    this.#isKnown ||= known.length > 0;
    const changed = known.filter(({ details }) => readUploadDetails(details)?.source !== this.#source);
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

  /** Writes down that the load has begun, where no earlier run has. */
  async begin(): Promise<void> {
    const journal = this.#journal?.journal;
    if (journal === undefined || (await journal.facts()).length > 0) return;
    const { request, target: table, now } = this.#load;
    const { overwrite = false, job, partitionBy = [] } = request.flags;
    const details = this.#details({ partitionBy });
    await journal.append(
      { kind: "begun", at: now(), table, overwrite, ...given({ job }), details },
      { sync: true },
    );
  }

  /** Where and how one partition is journalled. */
  lane(partition: string): { journal?: JournalDirectory; job?: string; details: JsonValue } {
    const journal = this.#journal;
    const details = this.#details({ ...given({ group: journal?.id }), source: this.#source });
    if (journal === undefined) return { details };
    return { details, journal: journal.directory, job: laneJob(journal.name, partition) };
  }

  /** @param isToGoOn whether the load's own journal has to lead back to those of its partitions */
  async close(isToGoOn: boolean): Promise<void> {
    await this.#journal?.close(isToGoOn);
  }

  #details(own: {
    readonly group?: string;
    readonly source?: string;
    readonly partitionBy?: readonly string[];
  }): JsonValue {
    const { request, cwd, place } = this.#load;
    const { rejectsFile } = this;
    return writeUploadDetails({
      argv: request.argv,
      cwd,
      settings: place,
      ...given({ rejectsFile }),
      ...own,
    });
  }
}
