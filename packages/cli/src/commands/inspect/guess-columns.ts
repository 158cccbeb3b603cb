import { type ColumnSpec, crc32c } from "@maxcompute-tunnel/codec";
import { type FieldKind, fieldKinds, readVarint, type TakenField, takeField } from "./field-kinds.ts";

/** A column as the bytes show it. */
export interface GuessedColumn extends ColumnSpec {
  /** Types that have the same bytes. */
  readonly alike: readonly string[];
  /** Whether a record's checksum came out right with this type. */
  readonly isSure: boolean;
}

/**
 * Finds out the columns of a record stream without its schema.
 *
 * A tag says no more than how a value begins, so the kinds that fit are tried one after the other on the first record
 * that has the column, until the record's checksum is right: it covers the values, and each kind in its own way.
 * Nothing is thrown: where the stream breaks off or no kind fits, the guess ends with what is known.
 */
export function guessColumns(bytes: Uint8Array): readonly GuessedColumn[] {
  const known = new Map<number, FieldKind>();
  const tentative = new Map<number, FieldKind>();
  const binary = new Set<number>();
  let highest = 0;
  for (let at = 0; at < mostBytes; ) {
    const record = solveRecord(bytes, at, known);
    if (record === undefined) break;
    for (const { number, kind, start, end } of record.fields) {
      highest = Math.max(highest, number);
      (record.isSure ? known : tentative).set(number, kind);
      if (kind.name !== "string" || binary.has(number)) continue;
      if (!isText(bytes.subarray(start, end))) binary.add(number);
    }
    at = record.end;
  }
  return Array.from({ length: highest }, (_, index) => {
    const number = index + 1;
    const name = `_${number}`;
    const kind = known.get(number) ?? tentative.get(number);
    if (kind === undefined) {
      return { name, type: "string", alike: ["anything: it is always NULL"], isSure: false };
    }
    const type = binary.has(number) ? "binary" : kind.name;
    return {
      name,
      type,
      alike: kind.alike.filter((other) => other !== type),
      isSure: known.has(number),
    };
  });
}

interface SolvedRecord {
  readonly fields: readonly (TakenField & { readonly number: number; readonly kind: FieldKind })[];
  readonly end: number;
  readonly isSure: boolean;
}

/** Finds kinds with which the record's checksum is right; the columns that are known keep theirs. */
function solveRecord(
  bytes: Uint8Array,
  start: number,
  known: ReadonlyMap<number, FieldKind>,
): SolvedRecord | undefined {
  let steps = 0;
  let structural: SolvedRecord | undefined;
  const search = (at: number, fields: SolvedRecord["fields"]): SolvedRecord | undefined => {
    steps += 1;
    const tag = readVarint(bytes, at);
    if (tag === undefined || steps > mostSteps) return undefined;
    if (tag.value === endRecordTag) {
      const stated = readVarint(bytes, tag.end);
      if (stated === undefined) return undefined;
      // Where every column is known already there is nothing to prove; whether the bytes are right, decoding tells.
      const isProven = fields.every(({ number }) => known.has(number));
      const isSure = isProven || checksumOf(fields) === Number(BigInt.asUintN(32, stated.value));
      const record = { fields, end: stated.end, isSure };
      if (isSure) return record;
      structural ??= record;
      return undefined;
    }
    const number = Number(tag.value >> 3n);
    if (number < 1 || number > mostColumns) return undefined;
    const wireType = Number(tag.value & 7n);
    const settled = known.get(number);
    const candidates = settled === undefined ? fieldKinds : [settled];
    for (const kind of candidates) {
      if (kind.wireType !== wireType) continue;
      const taken = takeField(bytes, tag.end, kind);
      if (taken === undefined) continue;
      const found = search(taken.next, [...fields, { ...taken, number, kind }]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(start, []) ?? structural;
}

function checksumOf(fields: SolvedRecord["fields"]): number {
  let crc = 0;
  for (const { number, fed } of fields) {
    const index = new Uint8Array(4);
    new DataView(index.buffer).setInt32(0, number, true);
    crc = crc32c(fed, crc32c(index, crc));
  }
  return crc >>> 0;
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const endRecordTag = 33_553_408n * 8n;
const mostColumns = 33_553_407;
/** Further on no new column is looked for. */
const mostBytes = 64 * 1024 * 1024;
const mostSteps = 20_000;
