import type { StoredRange } from "@maxcompute-tunnel/writer";
import type { InputSurvey } from "../format/format.ts";

/** A part of an input that is one task. */
export interface PlannedRange {
  readonly start: number;
  readonly end: number;
  /** Whether a record begins at `start` for certain. */
  readonly isExact: boolean;
  /** What is known of it if it is stored already. */
  readonly stored: StoredRange | undefined;
}

/**
 * Cuts an input into ranges of about equal size and leaves those that are stored as they are.
 *
 * @param unitsPerBlock bytes or rows of the input that make a block
 */
export function planRanges(
  survey: Pick<InputSurvey, "start" | "cuts"> & { readonly end: number },
  stored: readonly StoredRange[],
  unitsPerBlock: number,
): readonly PlannedRange[] {
  const ranges: PlannedRange[] = [];
  let at = survey.start;
  for (const known of [...stored].sort((one, other) => one.start - other.start)) {
    ranges.push(...cutGap(at, known.start, survey.cuts, unitsPerBlock));
    ranges.push({ start: known.start, end: known.end, isExact: true, stored: known });
    at = known.end;
  }
  return [...ranges, ...cutGap(at, survey.end, survey.cuts, unitsPerBlock)];
}

function cutGap(
  start: number,
  end: number,
  cuts: InputSurvey["cuts"],
  unitsPerBlock: number,
): readonly PlannedRange[] {
  if (start >= end) return [];
  const places = cuts === "anywhere" ? evenCuts(start, end, unitsPerBlock) : nearCuts(start, end, cuts, unitsPerBlock);
  const starts = [start, ...places];
  return starts.map((from, index) => ({
    start: from,
    end: starts[index + 1] ?? end,
    isExact: index === 0 || cuts !== "anywhere",
    stored: undefined,
  }));
}

function evenCuts(start: number, end: number, unitsPerBlock: number): readonly number[] {
  const count = Math.max(1, Math.round((end - start) / unitsPerBlock));
  return Array.from({ length: count - 1 }, (_, index) => start + Math.floor(((end - start) * (index + 1)) / count));
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
