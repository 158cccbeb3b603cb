import { CodecError } from "../errors.ts";
import type { EngineOptions } from "../record/options.ts";
import { resolveDialect, type TextDialect } from "./dialect.ts";
import { type KernelSplit, withSplitKernel } from "./kernel/kernel-split.ts";
import { isEnd, isInside, type LineSplit, splitBytes, splitsByParity } from "./scan/line-split.ts";

/** What a chunk of a text looks like to somebody who has not seen what comes before it. */
export interface ChunkSummary {
  readonly byteLength: number;
  /** -1 for a chunk without bytes. */
  readonly firstByte: number;
  /** If it begins outside quotes, and if it begins inside. */
  readonly outside: LineSplit;
  readonly inside: LineSplit;
}

/** Where a text stands between two chunks. */
export interface ChunkState {
  readonly offset: number;
  readonly records: number;
  readonly lines: number;
  /** What the last byte was. */
  readonly state: number;
  /** Where the first record ends that ends in the chunk joined last: where to cut. -1 for none. */
  readonly firstRecordEnd: number;
  /** A quote or line end is where it may not be: only a {@link RecordSplitter} can go on from the start of that chunk. */
  readonly isOdd: boolean;
}

/** Where a text begins. */
export const textStart: ChunkState = {
  offset: 0,
  records: 0,
  lines: 0,
  state: isEnd,
  firstRecordEnd: -1,
  isOdd: false,
};

/**
 * Looks at a chunk of a text on its own, so that chunks can be looked at at the same time; {@link joinChunk} then puts
 * what was found in order. The dialect has to say what lines end with.
 *
 * @returns `undefined` for dialects whose records cannot be told by quotes alone, such as with escapes.
 * @throws CodecError `invalid-option`
 */
export function summarizeChunk(
  bytes: Uint8Array,
  dialect: TextDialect,
  options: EngineOptions = {},
): ChunkSummary | undefined {
  const resolved = resolveDialect(dialect);
  const lineEnd = resolved.recordDelimiter?.[0] ?? resolved.lineEnd;
  if (lineEnd === 0)
    throw new CodecError("invalid-option", "Expected a dialect with a lineEnd or recordDelimiter");
  if (!splitsByParity(resolved)) return undefined;
  const summarize = (kernel: KernelSplit | undefined): ChunkSummary => {
    const whole = (start: number): LineSplit => {
      const look = (part: Uint8Array, state: number): LineSplit =>
        kernel === undefined ? splitBytes(resolved, lineEnd, part, 0, state) : kernel.split(part, 0, state);
      let sum = look(bytes, start);
      while (!sum.isOdd && sum.looked < bytes.length) {
        sum = joined(sum, look(bytes.subarray(sum.looked), sum.state));
      }
      return sum;
    };
    // What the first byte may be after the one before it is for joinChunk to see.
    return {
      byteLength: bytes.length,
      firstByte: bytes[0] ?? -1,
      outside: whole(isEnd),
      inside: whole(isInside),
    };
  };
  return options.kernel === "js" ? summarize(undefined) : withSplitKernel(resolved, lineEnd, summarize);
}

/** What is known after one more chunk. */
export function joinChunk(before: ChunkState, chunk: ChunkSummary, dialect: TextDialect): ChunkState {
  if (before.isOdd || chunk.byteLength === 0) return before;
  const resolved = resolveDialect(dialect);
  const lineEnd = resolved.recordDelimiter?.[0] ?? resolved.lineEnd;
  const first = splitBytes(resolved, lineEnd, Uint8Array.of(chunk.firstByte), 0, before.state);
  const found = (before.state & isInside) === 0 ? chunk.outside : chunk.inside;
  return {
    offset: before.offset + chunk.byteLength,
    records: before.records + found.records,
    lines: before.lines + found.lines,
    state: found.state,
    firstRecordEnd: found.first === 0 ? -1 : before.offset + found.first,
    isOdd: first.isOdd || found.isOdd,
  };
}

function joined(first: LineSplit, second: LineSplit): LineSplit {
  return {
    records: first.records + second.records,
    lines: first.lines + second.lines,
    looked: first.looked + second.looked,
    isOdd: second.isOdd,
    first: first.first > 0 ? first.first : second.first > 0 ? first.looked + second.first : 0,
    last: second.last > 0 ? first.looked + second.last : first.last,
    state: second.state,
  };
}
