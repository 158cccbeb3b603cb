import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import type { ProducedBlock } from "@maxcompute-tunnel/writer";
import type { EncodedBlock, FixedPart, InputSurvey } from "../format/format.ts";
import type { FormatName } from "../format/format-name.ts";
import type { FormatOrigin } from "../format/format-of.ts";
import type { FoundInput } from "../input/found-input.ts";
import type { StreamSpec } from "../input/text-stream.ts";
import type { BlockSize } from "../plan/block-plan.ts";
import type { BlockRunner } from "../pool/block-runner.ts";
import type { HeldBlocks } from "./held-blocks.ts";
import { freeBlock } from "./job.ts";
import type { RejectBook } from "./reject-book.ts";

/** An input that was surveyed. */
export interface SurveyedInput {
  /** Index among all inputs. */
  readonly index: number;
  readonly input: FoundInput;
  readonly format: FormatName;
  readonly formatBy: FormatOrigin;
  readonly survey: InputSurvey;
  /** Opens the input for reading in order; for those that cannot be cut. */
  readonly openStream: () => StreamSpec;
  /** What an earlier run has settled, in order, and how many records each stored part has. */
  readonly fixed: readonly SettledPart[];
}

/** A {@link FixedPart} and the records in it, if it is not read for them. */
export interface SettledPart extends FixedPart {
  readonly records: number;
}

/** What turning surveyed inputs into blocks needs. */
export interface ProductionParts {
  readonly columns: readonly ColumnSpec[];
  readonly runner: BlockRunner;
  readonly held: HeldBlocks;
  readonly rejects: RejectBook;
  readonly size: BlockSize;
  /** More rejects than one task may meaningfully report. */
  readonly rejectLimit: number;
  readonly maxFieldBytes: number;
  readonly onRead: (bytes: number, file: string) => void;
  /** Told how long a thread took to encode a block, in milliseconds. */
  readonly onEncoded: (ms: number) => void;
  /** Whether the first block is small, so that it arrives soon and something is known of the link. */
  readonly startsSmall: boolean;
  readonly signal: AbortSignal;
}

/** How far one input has come: where its next record begins, and what came before it. */
export interface InputPlace {
  at: number;
  /** Bytes read so far. */
  read: number;
  /** `undefined` behind parts that were skipped. */
  lines: number | undefined;
  records: number;
}

export function placeAtStart({ survey }: SurveyedInput): InputPlace {
  return { at: survey.start, read: 0, lines: survey.linesBefore, records: 0 };
}

/**
 * Counts a block that follows on its input's place, and gives what is to be stored of it; nothing if it has no row
 * and left nothing out. Its memory is then free already.
 */
export function takeBlock(
  block: EncodedBlock,
  { index, input, survey, fixed }: SurveyedInput,
  place: InputPlace,
  parts: ProductionParts,
): ProducedBlock | undefined {
  const rejected = block.rejects.length;
  parts.rejects.note(block.rejects, { file: input.name, ...place, unit: survey.unit });
  const stored = fixed.find(({ start, use }) => start === block.start && use !== "again");
  const records = stored?.records ?? block.rows;
  parts.rejects.countRecords(records);
  // What is read by position is counted as it is passed, so that no byte is counted twice.
  const isPassed = survey.cuts !== "nowhere" && survey.unit === "bytes";
  const read = isPassed ? block.end - place.read : block.readBytes;
  place.read += read;
  parts.onRead(read, input.name);
  parts.onEncoded(block.encodeMs);
  place.at = block.end;
  place.lines =
    place.lines === undefined || block.lines === undefined ? undefined : place.lines + block.lines;
  place.records += records + rejected;
  const release = (): void => freeBlock(block, parts.held);
  if (block.rows === 0 && rejected === 0) {
    release();
    return undefined;
  }
  let released = false;
  return {
    range: { input: index, start: block.start, end: block.end, unit: survey.unit },
    chunks: block.rows === 0 ? [] : block.chunks,
    ...(block.contentEncoding === undefined ? {} : { contentEncoding: block.contentEncoding }),
    rows: block.rows,
    bytes: block.bytes,
    checksum: block.checksum,
    sourceChecksum: block.sourceChecksum,
    rejected,
    release() {
      if (!released) release();
      released = true;
    },
  };
}
