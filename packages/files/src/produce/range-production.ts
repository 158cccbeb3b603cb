import type { ProducedBlock } from "@maxcompute-tunnel/writer";
import { sourceChanged } from "../format/fixed-parts.ts";
import type { EncodedBlock } from "../format/format.ts";
import { type PlannedRange, planRanges } from "../plan/range-plan.ts";
import { freeBlock, Job } from "./job.ts";
import {
  type InputPlace,
  type ProductionParts,
  placeAtStart,
  type SurveyedInput,
  takeBlock,
} from "./production.ts";
import { Wakeup } from "./wakeup.ts";

/** A range that is being worked on, in its turn. */
interface Turn {
  readonly source: SurveyedInput;
  readonly range: PlannedRange;
  job: Job;
  /** Whether the task began where the range before it ended. */
  isConfirmed: boolean;
}

/**
 * Produces the blocks of inputs that can be cut, in order, while their ranges are encoded side by side.
 *
 * A range in the middle of a text begins where a record seems to begin. Whether one does is known when the range
 * before it has ended: if it ended elsewhere, this one is encoded again from there.
 */
export class RangeProduction {
  readonly #parts: ProductionParts;
  readonly #turns: Turn[] = [];
  readonly #ahead: Iterator<{ readonly source: SurveyedInput; readonly range: PlannedRange }>;
  readonly #places = new Map<SurveyedInput, InputPlace>();
  readonly #wakeup = new Wakeup();
  #isClosed = false;

  constructor(sources: readonly SurveyedInput[], parts: ProductionParts) {
    this.#parts = parts;
    this.#ahead = rangesOf(sources, parts);
  }

  /** To be called when memory has become free. */
  advance(): void {
    if (this.#isClosed) return;
    const { runner, held } = this.#parts;
    // While the first one is waited for, it may need the thread of one that has only to be told to end.
    const isStarving = this.#turns[0]?.job.blocks.length === 0;
    if (held.hasRoom || isStarving) for (const { job } of this.#turns) job.advance();
    while (this.#turns.filter(({ job }) => job.isUnderWay).length < runner.slots) {
      if (!held.hasRoom && this.#turns.length > 0) return;
      const next = this.#ahead.next();
      if (next.done === true) return;
      this.#begin(next.value.source, next.value.range);
    }
  }

  async *blocks(): AsyncGenerator<ProducedBlock> {
    try {
      for (;;) {
        this.advance();
        const turn = this.#turns[0];
        if (turn === undefined) return;
        const block = turn.job.blocks.shift();
        if (block !== undefined) {
          const produced = this.#take(turn, block);
          if (produced !== undefined) yield produced;
          continue;
        }
        const { state } = turn.job;
        if (state.kind === "ended") this.#turns.shift();
        else if (state.kind === "failed") this.#retryOrThrow(turn, state.error);
        else await this.#wakeup.wait(this.#parts.signal);
      }
    } finally {
      this.#isClosed = true;
      for (const { job } of this.#turns) job.cancel();
    }
  }

  #begin(source: SurveyedInput, range: PlannedRange): void {
    const before = this.#turns.at(-1);
    const follows = before?.source === source && before.job.state.kind === "ended";
    const known = before === undefined ? this.#placeOf(source).at : follows ? before.job.end : undefined;
    const turn = { source, range, isConfirmed: false, job: this.#jobFor(source, range, known) };
    this.#turns.push(turn);
    turn.job.advance();
  }

  #jobFor(source: SurveyedInput, range: PlannedRange, known: number | undefined, urgency?: "urgent"): Job {
    const { columns, runner, held, size, rejectLimit, maxFieldBytes } = this.#parts;
    const isAhead = known !== undefined && range.part === undefined && known < range.end;
    const task = {
      format: source.format,
      setup: source.survey.setup,
      columns,
      input: source.input,
      stream: undefined,
      start: isAhead ? known : range.start,
      isExact: isAhead || range.isExact,
      end: range.end,
      blockBytes: size.blockBytes,
      mostBlockBytes: size.mostBlockBytes,
      fixed: range.part === undefined ? [] : [range.part],
      maxFieldBytes,
      rejectLimit,
    };
    return new Job(
      task,
      runner,
      held,
      () => {
        this.advance();
        this.#wakeup.wake();
      },
      urgency,
    );
  }

  /** Takes a block of the range whose turn it is, unless its beginning was guessed wrong. */
  #take(turn: Turn, block: EncodedBlock): ProducedBlock | undefined {
    const { source, range } = turn;
    const place = this.#placeOf(source);
    if (!turn.isConfirmed) {
      if (place.at >= range.end) {
        // The record that began before this range went on beyond its end.
        freeBlock(block, this.#parts.held);
        turn.job.cancel();
        this.#turns.shift();
        if (range.part !== undefined) throw sourceChanged(source.input.name, range.part);
        return undefined;
      }
      if (block.start !== place.at) {
        freeBlock(block, this.#parts.held);
        if (range.part !== undefined) throw sourceChanged(source.input.name, range.part);
        this.#again(turn);
        return undefined;
      }
      turn.isConfirmed = true;
    }
    if (range.part !== undefined && block.end !== range.end)
      throw sourceChanged(source.input.name, range.part);
    return takeBlock(block, source, place, this.#parts);
  }

  #retryOrThrow(turn: Turn, error: unknown): void {
    if (
      turn.range.part === undefined &&
      !turn.isConfirmed &&
      this.#placeOf(turn.source).at >= turn.range.end
    ) {
      // Nothing of the range was wanted: the record before it went on beyond its end.
      this.#turns.shift();
      return;
    }
    // What went wrong may have been the guess.
    if (turn.isConfirmed || turn.job.task.isExact) throw error;
    this.#again(turn);
  }

  #again(turn: Turn): void {
    turn.job.cancel();
    turn.job = this.#jobFor(turn.source, turn.range, this.#placeOf(turn.source).at, "urgent");
    turn.job.advance();
  }

  #placeOf(source: SurveyedInput): InputPlace {
    let place = this.#places.get(source);
    if (place === undefined) {
      place = placeAtStart(source);
      this.#places.set(source, place);
    }
    return place;
  }
}

function* rangesOf(
  sources: readonly SurveyedInput[],
  { size, startsSmall }: ProductionParts,
): Generator<{ readonly source: SurveyedInput; readonly range: PlannedRange }, undefined> {
  for (const [index, source] of sources.entries()) {
    const { survey } = source;
    const unitsPerBlock = Math.max(1, size.blockBytes / survey.encodedPerUnit);
    const first = index === 0 && startsSmall ? smallBlockBytes / survey.encodedPerUnit : unitsPerBlock;
    for (const range of planRanges({ ...survey, end: survey.end! }, source.fixed, { first, unitsPerBlock })) {
      yield { source, range };
    }
  }
}

const smallBlockBytes = 1024 * 1024;
