import { hasMoreThanAscii, type LaidOut } from "./record-layout.ts";

/** Texts are decoded so many bytes at a time, and cut out of that: a text that is kept keeps no more alive. */
const togetherBytes = 2048;
const decoder: TextDecoder = /*@__PURE__*/ new TextDecoder("utf-8", { ignoreBOM: true });

/** The short texts that the kernel has met lately, by the places that it has for them; see assembly/decode/recall.as. */
const places = 4096;
const known: string[] = /*@__PURE__*/ new Array<string>(places).fill("");
/** For so many runs, a column is not looked at again of whose texts most were not known. */
const restingRuns = 16;
/** Whether {@link known} has all that the kernel takes for known. */
let isInStep = true;

/** Puts a column's texts into an array, and the empty text where there is NULL. */
export function putTexts(run: LaidOut, index: number, out: unknown[]): void {
  const { kernel, rowCount, plan } = run;
  const { values, further } = run.columns[index]!;
  const resting = plan.resting[index]!;
  if (resting > 0) {
    plan.resting[index] = resting - 1;
    cutTexts(run, index, { heap: further, offsets: values, count: rowCount }, out);
    return;
  }
  if (!isInStep) kernel.forgetTexts();
  isInStep = false;
  const unknown = kernel.recallTexts(values, rowCount, further, plan.codes, plan.offsets, plan.heap);
  const cut: string[] = [];
  if (unknown > 0) cutTexts(run, index, { ...plan, count: unknown }, cut);
  const codes = new Int32Array(kernel.memory.bytes.buffer, plan.codes, rowCount);
  for (let row = 0, next = 0; row < rowCount; row++) {
    const code = codes[row]!;
    if (code >= 0) {
      out[row] = known[code];
    } else {
      const text = cut[next++]!;
      out[row] = text;
      if (~code < places) known[~code] = text;
    }
  }
  isInStep = true;
  if (unknown * 2 > rowCount) plan.resting[index] = restingRuns;
}

/** Texts one behind the other, and where each begins and the last one ends. Addresses are in bytes. */
interface Heap {
  readonly heap: number;
  readonly offsets: number;
  readonly count: number;
}

/** Puts texts into an array, which are all or some of a column's. */
function cutTexts(run: LaidOut, index: number, { heap, offsets, count }: Heap, out: unknown[]): void {
  const { kernel, plan } = run;
  const { bytes, words } = kernel.memory;
  const ends = words.subarray(offsets >> 2, (offsets >> 2) + count + 1);
  let units = ends;
  if (hasMoreThanAscii(run, index)) {
    kernel.countUnits(offsets, count, heap, plan.units);
    units = words.subarray(plan.units >> 2, (plan.units >> 2) + count + 1);
  }
  for (let row = 0; row < count; ) {
    const from = ends[row]!;
    let next = row + 1;
    while (next < count && ends[next + 1]! - from <= togetherBytes) next++;
    const to = ends[next]!;
    const text = from === to ? "" : decoder.decode(bytes.subarray(heap + from, heap + to));
    if (next === row + 1) {
      out[row++] = text;
      continue;
    }
    const base = units[row]!;
    for (let start = 0; row < next; row++) {
      const end = units[row + 1]! - base;
      out[row] = text.substring(start, end);
      start = end;
    }
  }
}
