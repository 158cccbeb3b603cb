import type { TypePlan } from "../record/type-plan.ts";
import { int64 } from "../wire/int64.ts";
import { plainDecimalUnits, putPlainDecimal as writePlainDecimal } from "./plain-decimal.ts";
import { largestWhole, rawMark, textMark, wholeMark } from "./slot-kinds.ts";
import { nullInt64, rawRoom, type ValueTape } from "./value-tape.ts";

const canonicalNan = 0x7ff80000;

/** False for what is too far from 0 to be taken. */
export function putWhole(tape: ValueTape, slot: number, value: number): boolean {
  tape.floats[slot] = value + wholeMark;
  return Math.abs(value) <= largestWhole;
}

/** False for what a BIGINT may not be. */
export function putInt64(tape: ValueTape, slot: number, value: bigint): boolean {
  tape.bigints[slot] = value;
  return (
    BigInt.asIntN(64, value) === value && (tape.ints[slot * 2 + 1] !== nullInt64 || tape.ints[slot * 2] !== 0)
  );
}

/** A 64-bit integer given as a number; false for what is none that a number holds exactly. */
export function putSafeInteger(tape: ValueTape, slot: number, value: number): boolean {
  const low = value | 0;
  tape.ints[slot * 2] = low;
  tape.ints[slot * 2 + 1] = low === value ? low >> 31 : Math.floor(value * (1 / 2 ** 32)) | 0;
  return low === value || Number.isSafeInteger(value);
}

/** Any NaN becomes the canonical one: others might mean NULL. */
export function putNan(tape: ValueTape, slot: number): void {
  tape.ints[slot * 2] = 0;
  tape.ints[slot * 2 + 1] = canonicalNan;
}

/** False for what is finite and too large for 32 bits. */
export function putFloat(tape: ValueTape, slot: number, value: number): boolean {
  tape.floats[slot] = Math.fround(value);
  if (Number.isNaN(value)) putNan(tape, slot);
  return Number.isFinite(tape.floats[slot]!) || !Number.isFinite(value);
}

/** Of a few units; false when they are not all ASCII, or there is no room. */
export function putShortText(tape: ValueTape, slot: number, value: string): boolean {
  const { raw, rawLength: start } = tape;
  const units = value.length;
  if (units > tape.shortUnits || start + units > rawRoom) return false;
  for (let at = 0; at < units; at++) {
    const unit = value.charCodeAt(at);
    if (unit > 127) return false;
    raw[start + at] = unit;
  }
  tape.rawLength = start + units;
  tape.floats[slot] = units + rawMark;
  return true;
}

/** False for what is no plain decimal that fits, or when there is no room. */
export function putPlainDecimal(tape: ValueTape, index: number, slot: number, value: string): boolean {
  const { raw, rawLength: start } = tape;
  const units = value.length;
  if (units > tape.maxUnits || start + plainDecimalUnits > rawRoom) return false;
  if (!writePlainDecimal(raw, start, value, tape.decimals[index]!)) return false;
  tape.rawLength = start + units;
  tape.floats[slot] = units + rawMark;
  return true;
}

/** False for text that is too long to be taken, or has a lone surrogate. */
export function putText(tape: ValueTape, index: number, slot: number, value: string): boolean {
  if (value.length > tape.maxUnits || !value.isWellFormed()) return false;
  tape.texts[index] += value;
  tape.floats[slot] = value.length + textMark;
  tape.textUnits += value.length;
  return true;
}

/** Copies bytes; false when there are too many. */
export function putBytes(tape: ValueTape, slot: number, value: Uint8Array): boolean {
  const { length } = value;
  if (length > tape.rules.maxFieldBytes || tape.rawLength + length > rawRoom) return false;
  tape.raw.set(value, tape.rawLength);
  tape.rawLength += length;
  tape.floats[slot] = length + rawMark;
  return true;
}

/** Encodes a value with elements; false when it is too long to be taken. */
export function putNested(tape: ValueTape, slot: number, type: TypePlan, value: unknown): boolean {
  const length = tape.nested.encode(type, value, tape.raw, tape.rawLength);
  if (length < 0) return false;
  tape.rawLength += length;
  tape.floats[slot] = length + rawMark;
  return true;
}

/** Seconds as they were left in `int64`. */
export function putInstant(tape: ValueTape, slot: number, nanos: number): boolean {
  tape.ints[slot * 2] = int64.low;
  tape.ints[slot * 2 + 1] = int64.high;
  tape.floats[slot + 1] = nanos + wholeMark;
  return true;
}
