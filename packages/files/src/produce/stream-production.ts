import type { ProducedBlock } from "@maxcompute-tunnel/writer";
import { Job } from "./job.ts";
import {
  type InputPlace,
  type ProductionParts,
  placeAtStart,
  type SurveyedInput,
  takeBlock,
} from "./production.ts";
import { Wakeup } from "./wakeup.ts";

interface Lane {
  readonly source: SurveyedInput;
  readonly job: Job;
  readonly place: InputPlace;
}

/**
 * Produces the blocks of inputs that are read from beginning to end, as many side by side as there are slots. Each in
 * turn gives one block, so that their order depends on the number of slots and on nothing else.
 */
export class StreamProduction {
  readonly #parts: ProductionParts;
  readonly #waiting: SurveyedInput[];
  readonly #lanes: Lane[] = [];
  readonly #wakeup = new Wakeup();
  #turn = 0;
  #isClosed = false;

  constructor(sources: readonly SurveyedInput[], parts: ProductionParts) {
    this.#parts = parts;
    this.#waiting = [...sources];
  }

  /** To be called when memory has become free. */
  advance(): void {
    if (this.#isClosed) return;
    const { runner, held } = this.#parts;
    while (this.#lanes.length < runner.slots && this.#waiting.length > 0) this.#open(this.#waiting.shift()!);
    for (const [index, { job }] of this.#lanes.entries()) {
      const isNeeded = index === this.#turn && job.blocks.length === 0;
      // One block ahead of the one that is waited for, and none beyond what memory allows.
      if (isNeeded || (held.hasRoom && job.blocks.length < 2)) job.advance();
    }
  }

  async *blocks(): AsyncGenerator<ProducedBlock> {
    try {
      for (;;) {
        this.advance();
        const lane = this.#lanes[this.#turn];
        if (lane === undefined) return;
        const block = lane.job.blocks.shift();
        if (block !== undefined) {
          this.#turn = (this.#turn + 1) % this.#lanes.length;
          const produced = takeBlock(block, lane.source, lane.place, this.#parts);
          if (produced !== undefined) yield produced;
          continue;
        }
        const { state } = lane.job;
        if (state.kind === "failed") throw state.error;
        if (state.kind === "ended") this.#close(lane);
        else await this.#wakeup.wait(this.#parts.signal);
      }
    } finally {
      this.#isClosed = true;
      for (const { job } of this.#lanes) job.cancel();
    }
  }

  /** The next input takes the place of one that is done. */
  #close(lane: Lane): void {
    const index = this.#lanes.indexOf(lane);
    const next = this.#waiting.shift();
    if (next === undefined) this.#lanes.splice(index, 1);
    else this.#lanes[index] = this.#laneOf(next);
    if (this.#turn >= this.#lanes.length) this.#turn = 0;
  }

  #open(source: SurveyedInput): void {
    this.#lanes.push(this.#laneOf(source));
  }

  #laneOf(source: SurveyedInput): Lane {
    const { columns, runner, held, size, rejectLimit, maxFieldBytes } = this.#parts;
    const { format, survey, input, fixed } = source;
    const task = {
      format,
      setup: survey.setup,
      columns,
      input,
      stream: source.openStream(),
      start: survey.start,
      isExact: true,
      end: undefined,
      blockBytes: size.blockBytes,
      mostBlockBytes: size.mostBlockBytes,
      fixed,
      maxFieldBytes,
      rejectLimit,
    };
    const job = new Job(task, runner, held, () => {
      this.advance();
      this.#wakeup.wake();
    });
    return { source, job, place: placeAtStart(source) };
  }
}
