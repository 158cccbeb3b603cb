import { type ReadRules, readNested } from "../record/field-readers.ts";
import * as plan from "../record/type-plan.ts";
import { dateText } from "../values/calendar.ts";
import { ByteSource } from "../wire/byte-source.ts";
import { type ColumnLayout, layVector } from "./layout-plan.ts";
import { type LaidOut, nullCount } from "./record-layout.ts";
import { putTexts } from "./text-values.ts";

/**
 * Puts the values of a column that the kernel has laid out into an array, one a row, as rows have them: NULL is `null`.
 *
 * @throws BadBytes for nested values that are wrong in themselves.
 */
export function putColumn(run: LaidOut, index: number, rules: ReadRules, out: unknown[]): void {
  const nulls = nullCount(run, index);
  const layout = run.columns[index]!;
  if (nulls === run.rowCount) {
    out.fill(null);
  } else if (plan.opArray <= layout.column.op && layout.column.op <= plan.opStruct) {
    putNested(run, layout, out, rules);
  } else {
    putValues(run, index, layout, out);
    if (nulls === 0) return;
    const { bytes } = run.kernel.memory;
    for (let row = 0; row < out.length; row++) if (bytes[layout.flags + row] === 0) out[row] = null;
  }
}

/** Puts all values, and something or other where there is NULL. */
function putValues(run: LaidOut, index: number, layout: ColumnLayout, out: unknown[]): void {
  const { bytes } = run.kernel.memory;
  const { buffer } = bytes;
  const count = out.length;
  const at = layout.values;
  switch (layout.column.op) {
    case plan.opInteger:
      putNumbers(numbersAt(layout, buffer, count), out);
      return;
    case plan.opDouble:
      putNumbers(new Float64Array(buffer, at, count), out);
      return;
    case plan.opFloat:
      putNumbers(new Float32Array(buffer, at, count), out);
      return;
    case plan.opBigint: {
      const values = new BigInt64Array(buffer, at, count);
      for (let row = 0; row < count; row++) out[row] = values[row];
      return;
    }
    case plan.opBoolean:
      for (let row = 0; row < count; row++) out[row] = bytes[at + row] === 1;
      return;
    case plan.opDate:
      putDates(new Int32Array(buffer, at, count), out);
      return;
    case plan.opDateTime: {
      const words = new Int32Array(buffer, at, count * 2);
      for (let row = 0; row < count; row++) {
        out[row] = new Date(words[row * 2 + 1]! * 4_294_967_296 + (words[row * 2]! >>> 0));
      }
      return;
    }
    case plan.opBinary:
      putBytes(run, layout, out);
      return;
    case plan.opTimestamp:
    case plan.opTimestampNtz:
    case plan.opDayTimeInterval: {
      const seconds = new BigInt64Array(buffer, at, count);
      const nanos = new Uint32Array(buffer, layout.further, count);
      for (let row = 0; row < count; row++) out[row] = { seconds: seconds[row]!, nanos: nanos[row]! };
      return;
    }
    case plan.opVector:
      putVectors(run, layout, out);
      return;
    default:
      putTexts(run, index, out);
  }
}

function numbersAt({ lay, values }: ColumnLayout, buffer: ArrayBuffer, count: number): ArrayLike<number> {
  if (lay.size === 0) return new Int8Array(buffer, values, count);
  return lay.size === 1 ? new Int16Array(buffer, values, count) : new Int32Array(buffer, values, count);
}

function putNumbers(values: ArrayLike<number>, out: unknown[]): void {
  for (let row = 0; row < out.length; row++) out[row] = values[row];
}

function putBytes(run: LaidOut, { values, further }: ColumnLayout, out: unknown[]): void {
  const { bytes, words } = run.kernel.memory;
  for (let row = 0, at = values >> 2; row < out.length; row++, at++) {
    out[row] = bytes.slice(further + words[at]!, further + words[at + 1]!);
  }
}

function putVectors(run: LaidOut, { values, lay, column }: ColumnLayout, out: unknown[]): void {
  const { bytes, words } = run.kernel.memory;
  const { dimension, isDoubleVector } = column.type;
  const step = lay.kind === layVector && isDoubleVector ? 8 : 4;
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < out.length; row++) {
    const at = words[(values >> 2) + row * 2]!;
    out[row] = Array.from({ length: dimension }, (_, element) =>
      isDoubleVector
        ? view.getFloat64(at + element * step, true)
        : view.getFloat32(at + element * step, true),
    );
  }
}

function putNested(
  run: LaidOut,
  { values, flags, column }: ColumnLayout,
  out: unknown[],
  rules: ReadRules,
): void {
  const { bytes, words } = run.kernel.memory;
  const source = new ByteSource();
  source.load(bytes, bytes.length, 0);
  source.recordEnd = Number.POSITIVE_INFINITY;
  for (let row = 0; row < out.length; row++) {
    source.pos = words[(values >> 2) + row * 2]!;
    out[row] = bytes[flags + row] === 0 ? null : readNested(source, column.type, rules);
  }
}

/** The texts of days seen lately: a column mostly has few. */
const knownDays: Int32Array = /*@__PURE__*/ new Int32Array(1024);
const knownTexts: string[] = [];

function putDates(days: Int32Array, out: unknown[]): void {
  for (let row = 0; row < out.length; row++) {
    const day = days[row]!;
    const slot = day & 1023;
    if (knownDays[slot] !== day || knownTexts[slot] === undefined) {
      knownDays[slot] = day;
      knownTexts[slot] = dateText(day);
    }
    out[row] = knownTexts[slot];
  }
}
