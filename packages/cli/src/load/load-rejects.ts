import { resolve } from "node:path";
import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { FileInput, FileReject, FileSource, InputFormat } from "@maxcompute-tunnel/files";
import type { CliIo } from "../cli-io.ts";
import { formatCount } from "../report/figures.ts";
import { describeReject } from "../report/reject-line.ts";
import { openRejectKeeper, type RejectKeeper } from "./kept-reject.ts";
import type { LoadJournal } from "./load-journal.ts";
import { readingOf } from "./reading.ts";
import { openRejectsFile, type RejectsFile } from "./rejects-file.ts";
import type { Resumption } from "./resumption.ts";
import type { UploadFlags } from "./upload-flags.ts";

/** The load whose records are rejected. */
export interface RejectingLoad {
  readonly flags: UploadFlags;
  readonly inputs: readonly (string | FileInput)[];
  readonly resumption: Resumption | undefined;
}

/** What the records come from, and where they may be kept. */
export interface RejectPlaces {
  readonly source: FileSource;
  readonly inputs: readonly InputFormat[];
  readonly journal: LoadJournal | undefined;
}

/** The records that a load leaves out: keeps them in a file, or shows the first ones where nobody keeps them. */
export class LoadRejects {
  readonly #io: CliIo;
  readonly #load: RejectingLoad;
  readonly #places: RejectPlaces;
  readonly #partition: string | undefined;
  readonly #shown: string[] = [];
  #count = 0;
  #file: RejectsFile | undefined;
  #keeper: RejectKeeper | undefined;

  /** @param partition the target's, whose columns no file can fill */
  constructor(io: CliIo, load: RejectingLoad, places: RejectPlaces, partition: string | undefined) {
    this.#io = io;
    this.#load = load;
    this.#places = places;
    this.#partition = partition;
  }

  /** The file they are kept in, where there is one. */
  get path(): string | undefined {
    const { rejects, maxRejects = 0 } = this.#load.flags;
    if (rejects !== undefined) return resolve(this.#io.cwd, rejects);
    return maxRejects === 0 ? undefined : this.#places.journal?.rejectsFile;
  }

  /** Rejects that are kept can be read again only with what their files' headers say: these are looked at now. */
  async openKeeper(columns: readonly ColumnSpec[]): Promise<void> {
    if (this.path === undefined || this.#keeper !== undefined) return;
    const { source, inputs } = this.#places;
    const reading = readingOf(this.#load.flags, this.#partition);
    const place = { cwd: this.#io.cwd, given: this.#load.inputs };
    this.#keeper = await openRejectKeeper(source, inputs, reading, columns, place);
  }

  note(reject: FileReject): void {
    this.#count += 1;
    if (this.#shown.length < mostShown) this.#shown.push(describeReject(reject));
    const { path } = this;
    if (path === undefined) return;
    const isResumed = this.#load.resumption !== undefined || this.#places.journal?.isBegun === true;
    this.#file ??= openRejectsFile(path, isResumed);
    this.#file.add(this.#keeper?.keep(reject) ?? reject);
  }

  /** Everything is read anew. */
  startOver(): void {
    this.#shown.length = 0;
    this.#count = 0;
  }

  /** Where rejects are allowed, the first of them are told on stderr. */
  show(): void {
    const { quiet, maxRejects = 0 } = this.#load.flags;
    if (quiet === true || maxRejects === 0) return;
    for (const text of this.#shown) this.#io.stderr.write(`rejected: ${text}\n`);
    const more = this.#count - this.#shown.length;
    if (more > 0) this.#io.stderr.write(`rejected: … and ${formatCount(more)} more\n`);
  }
}

const mostShown = 5;
