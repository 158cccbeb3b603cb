import { WriterError } from "../errors.ts";
import type { StoredRange } from "./block-source.ts";
import type { RangeFacts, SealedFacts, UploadFact } from "./upload-fact.ts";
import { type FactOf, nextPhase, type UploadPhase } from "./upload-phase.ts";

/** What a journal tells of an upload, taken together. */
export interface UploadRecord {
  readonly phase: UploadPhase;
  readonly begun: FactOf<"begun"> | undefined;
  /** The source that the blocks of the session were made from. */
  readonly source: FactOf<"source"> | undefined;
  /** The blocks of the session, by id. */
  readonly blocks: ReadonlyMap<number, RecordedBlock>;
  /** Ranges of the source that hold no row. */
  readonly emptyRanges: readonly RangeFacts[];
  /** When something was written down last. */
  readonly updatedAt: number | undefined;
}

/** What is known of a block: what it holds, and the acknowledgement if there was one. */
export interface RecordedBlock extends SealedFacts {
  readonly stored?: FactOf<"block-stored">;
}

/** Takes facts in one by one and keeps the record of them. */
export class UploadLedger implements UploadRecord {
  phase: UploadPhase = { kind: "new" };
  begun: FactOf<"begun"> | undefined;
  source: FactOf<"source"> | undefined;
  blocks: Map<number, RecordedBlock> = new Map();
  emptyRanges: RangeFacts[] = [];
  updatedAt: number | undefined;
  #count = 0;

  /** @throws WriterError `journal-damaged` for a fact that cannot follow those before it; nothing has changed then. */
  add(fact: UploadFact): void {
    const phase = nextPhase(this.phase, fact);
    if (phase === undefined) throw this.#impossible(fact, `comes while the upload is ${this.phase.kind}`);
    if (this.begun === undefined && fact.kind !== "begun") throw this.#impossible(fact, "comes first");
    this.#keep(fact);
    this.phase = phase;
    this.updatedAt = fact.at;
    this.#count += 1;
  }

  #keep(fact: UploadFact): void {
    switch (fact.kind) {
      case "begun":
        if (this.begun !== undefined) throw this.#impossible(fact, "comes twice");
        this.begun = fact;
        return;
      case "source":
        this.source = fact;
        return;
      case "session":
        this.source = undefined;
        this.blocks = new Map();
        this.emptyRanges = [];
        return;
      case "block-sealed": {
        // An id has one content for ever: whoever finds another cannot know which of them the server holds.
        if (this.blocks.has(fact.blockId)) throw this.#impossible(fact, `seals block ${fact.blockId} twice`);
        const { kind: _kind, at: _at, ...block } = fact;
        this.blocks.set(fact.blockId, block);
        return;
      }
      case "block-stored": {
        const block = this.blocks.get(fact.blockId);
        if (block === undefined)
          throw this.#impossible(fact, `stores block ${fact.blockId}, which is not sealed`);
        this.blocks.set(fact.blockId, { ...block, stored: fact });
        return;
      }
      case "range-empty":
        this.emptyRanges.push({
          range: fact.range,
          sourceChecksum: fact.sourceChecksum,
          rejected: fact.rejected,
        });
        return;
    }
  }

  #impossible(fact: UploadFact, why: string): WriterError {
    return new WriterError(
      `The journal contradicts itself: fact ${this.#count + 1}, "${fact.kind}", ${why}. It was written to by something else`,
      { code: "journal-damaged", line: this.#count + 2 },
    );
  }
}

/** The record of some facts. @throws WriterError `journal-damaged` when they contradict each other. */
export function recordOf(facts: Iterable<UploadFact>): UploadLedger {
  const ledger = new UploadLedger();
  for (const fact of facts) ledger.add(fact);
  return ledger;
}

/** The ids of the blocks, ascending. */
export function blockIdsOf({ blocks }: Pick<UploadRecord, "blocks">): readonly number[] {
  return [...blocks.keys()].sort((a, b) => a - b);
}

/** Sums over the blocks and ranges of a session. */
export interface RecordTotals {
  readonly rows: number;
  readonly bytes: number;
  readonly rejected: number;
}

/** Adds up what some blocks and empty ranges hold. */
export function totalsOf(
  blocks: Iterable<RecordedBlock>,
  emptyRanges: readonly RangeFacts[] = [],
): RecordTotals {
  let rows = 0;
  let bytes = 0;
  let rejected = 0;
  for (const block of blocks) {
    rows += block.rows;
    bytes += block.bytes;
    rejected += block.rejected;
  }
  for (const range of emptyRanges) rejected += range.rejected;
  return { rows, bytes, rejected };
}

/** A block as a source is told of it. */
export function storedRange({ range, ...facts }: RecordedBlock): StoredRange {
  const { sourceChecksum, blockId, rows, bytes, rejected } = facts;
  return { ...range, sourceChecksum, blockId, rows, bytes, rejected };
}

/** A range without rows as a source is told of it. */
export function emptyStoredRange({ range, sourceChecksum, rejected }: RangeFacts): StoredRange {
  return { ...range, sourceChecksum, blockId: undefined, rows: 0, bytes: 0, rejected };
}
