/** A way in which a field's bytes can be read. */
export interface FieldKind {
  /** The type it is called after. */
  readonly name: string;
  /** Other types with the same bytes. */
  readonly alike: readonly string[];
  /** What its tag says of it. */
  readonly wireType: number;
  /** Takes the value at a position; `undefined` where the bytes do not fit. */
  readonly take: (bytes: Uint8Array, at: number) => Value | undefined;
}

interface Value {
  /** Where the next tag stands. */
  readonly next: number;
  /** What the record's checksum is fed. */
  readonly fed: Uint8Array;
  /** Where the value's own bytes begin and end, without their length. */
  readonly start: number;
  readonly end: number;
}

/** A field with its value. */
export type TakenField = Value;

/** Takes a field's value if the bytes fit the kind. */
export function takeField(bytes: Uint8Array, at: number, kind: FieldKind): TakenField | undefined {
  return kind.take(bytes, at);
}

/** An unsigned varint of up to 64 bits. */
export function readVarint(
  bytes: Uint8Array,
  at: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return undefined;
}

type Take = FieldKind["take"];

const takeInteger: Take = (bytes, at) => {
  const read = readVarint(bytes, at);
  if (read === undefined) return undefined;
  const fed = new Uint8Array(8);
  new DataView(fed.buffer).setBigInt64(0, unzigzag(read.value), true);
  return { next: read.end, fed, start: at, end: read.end };
};

const takeBoolean: Take = (bytes, at) => {
  const byte = bytes[at];
  if (byte !== 0 && byte !== 1) return undefined;
  return { next: at + 1, fed: bytes.subarray(at, at + 1), start: at, end: at + 1 };
};

const takeFixed =
  (length: number): Take =>
  (bytes, at) =>
    at + length > bytes.length
      ? undefined
      : { next: at + length, fed: bytes.subarray(at, at + length), start: at, end: at + length };

const takeBytes: Take = (bytes, at) => {
  const length = readVarint(bytes, at);
  if (length === undefined || length.value > BigInt(bytes.length - length.end)) return undefined;
  const end = length.end + Number(length.value);
  return { next: end, fed: bytes.subarray(length.end, end), start: length.end, end };
};

const takeTimestamp: Take = (bytes, at) => {
  const seconds = readVarint(bytes, at);
  const nanos = seconds && readVarint(bytes, seconds.end);
  if (seconds === undefined || nanos === undefined) return undefined;
  const fraction = unzigzag(nanos.value);
  if (fraction < -999_999_999n || fraction > 999_999_999n) return undefined;
  const fed = new Uint8Array(12);
  const view = new DataView(fed.buffer);
  view.setBigInt64(0, unzigzag(seconds.value), true);
  view.setInt32(8, Number(fraction), true);
  return { next: nanos.end, fed, start: at, end: nanos.end };
};

/** A count, then for each element a null flag and perhaps a value; counts and flags are not fed. */
const takeArrayOf =
  (element: Take): Take =>
  (bytes, at) => {
    const count = readVarint(bytes, at);
    if (count === undefined || count.value > BigInt(bytes.length - count.end)) return undefined;
    const fed: Uint8Array[] = [];
    let next = count.end;
    for (let index = 0n; index < count.value; index += 1n) {
      const isNull = bytes[next];
      next += 1;
      if (isNull === 1) continue;
      const value = isNull === 0 ? element(bytes, next) : undefined;
      if (value === undefined) return undefined;
      fed.push(value.fed);
      next = value.next;
    }
    return { next, fed: joined(fed), start: at, end: next };
  };

const takeMapOf =
  (key: Take, value: Take): Take =>
  (bytes, at) => {
    const keys = takeArrayOf(key)(bytes, at);
    const values = keys && takeArrayOf(value)(bytes, keys.next);
    if (keys === undefined || values === undefined) return undefined;
    if (readVarint(bytes, at)!.value !== readVarint(bytes, keys.next)!.value) return undefined;
    return { next: values.next, fed: joined([keys.fed, values.fed]), start: at, end: values.next };
  };

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unzigzag(value: bigint): bigint {
  return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
}

const kind = (name: string, wireType: number, take: Take, ...alike: string[]): FieldKind => ({
  name,
  wireType,
  take,
  alike,
});

/** The kinds that are tried, the likeliest first. Structs and deeper nesting need a schema. */
export const fieldKinds: readonly FieldKind[] = [
  kind("bigint", 0, takeInteger, "tinyint", "smallint", "int", "date", "datetime", "interval_year_month"),
  kind("boolean", 0, takeBoolean),
  kind("float", 5, takeFixed(4)),
  kind("double", 1, takeFixed(8)),
  kind("string", 2, takeBytes, "char", "varchar", "decimal", "json", "binary"),
  kind("timestamp", 2, takeTimestamp, "timestamp_ntz", "interval_day_time"),
  kind("array<string>", 2, takeArrayOf(takeBytes)),
  kind("array<bigint>", 2, takeArrayOf(takeInteger), "array<int>", "array<date>", "array<datetime>"),
  kind("array<double>", 2, takeArrayOf(takeFixed(8))),
  kind("array<float>", 2, takeArrayOf(takeFixed(4))),
  kind("array<boolean>", 2, takeArrayOf(takeBoolean)),
  kind("map<string,string>", 2, takeMapOf(takeBytes, takeBytes)),
  kind("map<string,bigint>", 2, takeMapOf(takeBytes, takeInteger)),
  kind("map<bigint,string>", 2, takeMapOf(takeInteger, takeBytes)),
  kind("map<string,double>", 2, takeMapOf(takeBytes, takeFixed(8))),
];
