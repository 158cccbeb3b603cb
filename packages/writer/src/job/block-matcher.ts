import { lastBlockId } from "../block/block-ids.ts";
import type { BlockSource, ProducedBlock, SourceRange } from "./block-source.ts";
import { invalidSource, rangeChanged, sessionFull } from "./job-failures.ts";
import type { RangeFacts, SealedFacts } from "./upload-fact.ts";
import type { RecordedBlock } from "./upload-record.ts";

/** A block with its id, and whether its content is on record already. */
export interface MatchedBlock {
  readonly block: SealedFacts;
  readonly isOnRecord: boolean;
}

/** What blocks are matched against. */
export interface MatcherParts {
  readonly source: BlockSource;
  readonly kept: readonly RecordedBlock[];
  readonly again: readonly RecordedBlock[];
  readonly emptyRanges: readonly RangeFacts[];
  readonly nextBlockId: number;
}

/**
 * Gives blocks their ids: a block that was sealed before keeps its id if it has the same content, and any other gets
 * an id that was never sent. Blocks that overlap what is stored or what came before are refused.
 */
export class BlockMatcher {
  readonly #source: BlockSource;
  readonly #again = new Map<string, RecordedBlock>();
  readonly #taken = new TakenRanges();
  #nextBlockId: number;

  constructor(parts: MatcherParts) {
    this.#source = parts.source;
    this.#nextBlockId = parts.nextBlockId;
    for (const { range } of [...parts.kept, ...parts.emptyRanges]) this.#taken.take(range);
    for (const block of parts.again) {
      this.#again.set(keyOf(block.range), block);
      this.#taken.take(block.range);
    }
  }

  /**
   * The block under its id; `undefined` for one without rows, which needs none.
   *
   * @throws WriterError `source-changed`, `invalid-source`, `block-ids-exhausted`
   */
  accept(produced: ProducedBlock): MatchedBlock | undefined {
    const { range, rows, bytes, checksum, sourceChecksum, rejected } = produced;
    const before = this.#again.get(keyOf(range));
    if (before !== undefined) {
      this.#again.delete(keyOf(range));
      if (before.sourceChecksum !== sourceChecksum) throw rangeChanged(this.#source, range, "the checksum");
      if (before.rows !== rows) throw rangeChanged(this.#source, range, "the number of rows");
      if (before.checksum !== checksum) throw rangeChanged(this.#source, range, "what its rows become");
      const { stored: _stored, ...block } = before;
      return { block, isOnRecord: true };
    }
    if (!(range.end > range.start) && rows > 0)
      throw invalidSource(`${describe(range)} is an empty range with rows`);
    if (!this.#taken.take(range)) throw invalidSource(`${describe(range)} overlaps what was sent before`);
    if (rows === 0) return undefined;
    if (this.#nextBlockId > lastBlockId) throw sessionFull(lastBlockId);
    const blockId = this.#nextBlockId;
    this.#nextBlockId += 1;
    return {
      block: { blockId, range, rows, bytes, checksum, sourceChecksum, rejected },
      isOnRecord: false,
    };
  }

  /** @throws WriterError `source-changed` when a block that was to be sent again did not come. */
  checkComplete(): void {
    for (const { range } of this.#again.values()) throw rangeChanged(this.#source, range, "the end");
  }
}

/** Parts of inputs, none of which overlap. */
class TakenRanges {
  readonly #byInput = new Map<string, { readonly starts: number[]; readonly ends: number[] }>();

  /** Adds a range, unless it overlaps one that was added. */
  take(range: SourceRange): boolean {
    const key = `${range.input}:${range.unit}`;
    const taken = this.#byInput.get(key) ?? { starts: [], ends: [] };
    this.#byInput.set(key, taken);
    const { starts, ends } = taken;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] ?? 0) < range.start) low = middle + 1;
      else high = middle;
    }
    const endBefore = ends[low - 1] ?? Number.NEGATIVE_INFINITY;
    const startAfter = starts[low] ?? Number.POSITIVE_INFINITY;
    if (endBefore > range.start || startAfter < range.end) return false;
    starts.splice(low, 0, range.start);
    ends.splice(low, 0, range.end);
    return true;
  }
}

function keyOf({ input, unit, start, end }: SourceRange): string {
  return `${input}:${unit}:${start}-${end}`;
}

function describe({ input, unit, start, end }: SourceRange): string {
  return `input ${input}, ${unit} ${start} to ${end}`;
}
