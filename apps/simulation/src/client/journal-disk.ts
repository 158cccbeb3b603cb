import { type UploadFact, type UploadJournal, WriterError } from "@maxcompute-tunnel/writer";
import type { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";
import type { Outputs } from "./outputs.ts";

/** What a crash of the client does to its journal. */
export interface JournalCrash {
  /** The machine went, too: what was not synced may be gone. */
  readonly power: boolean;
  /** About this share of what may be gone is kept. */
  readonly keep: number;
}

/**
 * The client's disk as a journal uses it: facts as lines of JSON, of which those that were not synced may be lost with
 * the power, and the one being written with any crash.
 */
export class JournalDisk {
  readonly #random: Random;
  readonly #outputs: Outputs;
  readonly #failing: ReadonlySet<number>;
  #lines: string[] = [];
  #durable = 0;
  #appends = 0;
  /** The line that is being written. */
  #writing: string | undefined;
  failed = 0;
  /** Nothing fails any more. */
  calm = false;

  constructor(random: Random, outputs: Outputs, failing: readonly number[]) {
    this.#random = random;
    this.#outputs = outputs;
    this.#failing = new Set(failing);
  }

  /** The journal as one life has it open. */
  open(life: Life): UploadJournal {
    let broken = false;
    let last: Promise<void> = Promise.resolve();
    const write = async (line: string, sync: boolean): Promise<void> => {
      this.#writing = line;
      await life.wait(0.1 + this.#random.next(), "journal write");
      this.#writing = undefined;
      this.#appends += 1;
      if (broken || (!this.calm && this.#failing.has(this.#appends))) {
        this.failed += broken ? 0 : 1;
        broken = true;
        throw new WriterError("EIO: the journal cannot be written", { code: "journal-failed" });
      }
      this.#lines.push(line);
      if (sync) {
        await life.wait(0.5 + 5 * this.#random.next(), "journal sync");
        this.#durable = this.#lines.length;
      }
    };
    return {
      append: (fact, options = {}) => {
        const line = JSON.stringify(fact);
        this.#outputs.say(line);
        const done = last.then(() => write(line, options.sync === true));
        last = done.catch(() => undefined);
        return done;
      },
      facts: async () => {
        await life.wait(0.2, "journal read");
        return this.#lines.map((line) => JSON.parse(line) as UploadFact);
      },
      close: async () => {
        await last;
      },
    };
  }

  crash({ power, keep }: JournalCrash): void {
    if (this.#writing !== undefined && this.#random.chance(keep)) {
      this.#lines.push(this.#writing);
    }
    this.#writing = undefined;
    if (power) {
      while (this.#lines.length > this.#durable && !this.#random.chance(keep)) {
        this.#lines.pop();
      }
    }
    this.#durable = this.#lines.length;
  }
}
