import type { FixedPart, InputSurvey } from "../format/format.ts";

/** A part of an input that is one task. */
export interface PlannedRange {
  readonly start: number;
  readonly end: number;
  /** Whether a record begins at `start` for certain. */
  readonly isExact: boolean;
  /** What an earlier run has settled about it. */
  readonly part: FixedPart | undefined;
}

/** Bytes or rows of the input that make a block. */
export interface RangeSizes {
  readonly unitsPerBlock: number;
  /** The same for the first one. */
  readonly first: number;
}

/**
 * Cuts an input into ranges of about equal size and leaves those that an earlier run has settled as they are.
 *
 * @param fixed in order
 */
export function planRanges(
  survey: Pick<InputSurvey, "start" | "cuts"> & { readonly end: number },
  fixed: readonly FixedPart[],
  sizes: RangeSizes,
): readonly PlannedRange[] {
  const { first, unitsPerBlock } = sizes;
  const ranges: PlannedRange[] = [];
  let at = survey.start;
  const stop = fixed[0]?.start ?? survey.end;
  if (survey.cuts === "anywhere" && first < unitsPerBlock && at + first < stop) {
    // A range of its own; the next one begins wherever its last record ends.
    ranges.push({ start: at, end: at + Math.floor(first), isExact: true, part: undefined });
    ranges.push(...cutGap(at + Math.floor(first), stop, survey.cuts, unitsPerBlock, false));
    at = stop;
  }
  for (const part of fixed) {
    if (at < part.start) ranges.push(...cutGap(at, part.start, survey.cuts, unitsPerBlock));
    ranges.push({ start: part.start, end: part.end, isExact: true, part });
    at = part.end;
  }
  return [...ranges, ...cutGap(at, survey.end, survey.cuts, unitsPerBlock)];
}

function cutGap(
  start: number,
  end: number,
  cuts: InputSurvey["cuts"],
  unitsPerBlock: number,
  isExact = true,
): readonly PlannedRange[] {
  if (start >= end) return [];
  const places =
    cuts === "anywhere" ? evenCuts(start, end, unitsPerBlock) : nearCuts(start, end, cuts, unitsPerBlock);
  const starts = [start, ...places];
  return starts.map((from, index) => ({
    start: from,
    end: starts[index + 1] ?? end,
    isExact: (index === 0 && isExact) || cuts !== "anywhere",
    part: undefined,
  }));
}

function evenCuts(start: number, end: number, unitsPerBlock: number): readonly number[] {
  const count = Math.max(1, Math.round((end - start) / unitsPerBlock));
  return Array.from(
    { length: count - 1 },
    (_, index) => start + Math.floor(((end - start) * (index + 1)) / count),
  );
}

/** Of the places where the input may be cut, those after which a block is full. */
function nearCuts(
  start: number,
  end: number,
  cuts: Exclude<InputSurvey["cuts"], "anywhere">,
  unitsPerBlock: number,
): readonly number[] {
  if (cuts === "nowhere") return [];
  const chosen: number[] = [];
  let from = start;
  for (const cut of cuts) {
    if (cut <= start || cut >= end || cut - from < unitsPerBlock) continue;
    chosen.push(cut);
    from = cut;
  }
  return chosen;
}
