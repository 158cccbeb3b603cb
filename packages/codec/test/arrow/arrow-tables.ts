import {
  Binary,
  BinaryView,
  Bool,
  type Data,
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationNanosecond,
  DurationSecond,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  IntervalDayTime,
  IntervalMonthDayNano,
  IntervalYearMonth,
  LargeBinary,
  LargeList,
  LargeUtf8,
  List,
  Map_,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  Vector,
} from "apache-arrow";
import type { ColumnSpec } from "../../src/index.ts";

/** Columns of a table, and batches that have a column for each of them. */
export interface ArrowTable {
  readonly columns: readonly ColumnSpec[];
  readonly batches: readonly RecordBatch[];
}

/** Numbers that look random and are the same for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  /** A whole number from 0 to before `limit`. */
  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * limit);
  }

  word(): number {
    return this.below(2 ** 32);
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

type Made = readonly [odps: string, arrow: DataType];

const zones = [undefined, "UTC", "+00:00"];

/** A type of each kind for the table, and an Arrow type that can stand for it. */
const leaves: readonly ((dice: Dice) => Made)[] = [
  (dice) => [dice.one(["tinyint", "smallint", "int", "bigint"]), anyInteger(dice)],
  (dice) => [dice.one(["tinyint", "smallint", "int", "bigint"]), anyFloat(dice)],
  (dice) => [dice.one(["float", "double"]), dice.one([anyInteger(dice), anyFloat(dice)])],
  () => ["bigint", new Int64()],
  () => ["double", new Float64()],
  () => ["boolean", new Bool()],
  (dice) => [dice.one(["string", "binary", "char(3)", "varchar(9)"]), anyBytes(dice)],
  () => ["string", new Utf8()],
  (dice) => ["json", anyText(dice)],
  (dice) => [anyDecimal(dice), dice.one([anyText(dice), anyInteger(dice), anyFloat(dice)])],
  (dice) => {
    const scale = dice.below(20);
    return [anyDecimal(dice), new Decimal(scale, scale + 10, dice.one([128, 128, 256]))];
  },
  () => ["date", new DateDay()],
  (dice) => ["date", dice.one([new DateMillisecond(), anyText(dice), anyTimestamp(dice)])],
  (dice) => [dice.one(["datetime", "timestamp", "timestamp_ntz"]), anyTimestamp(dice)],
  (dice) => [dice.one(["datetime", "timestamp"]), new DateMillisecond()],
  (dice) => [dice.one(["datetime", "timestamp", "timestamp_ntz"]), anyText(dice)],
  (dice) => [dice.one(["timestamp", "timestamp_ntz", "interval_day_time"]), secondsAndNanos()],
  (dice) => ["interval_day_time", dice.one([new DurationSecond(), new DurationNanosecond()])],
  (dice) => ["interval_day_time", dice.one([new IntervalDayTime(), new IntervalMonthDayNano()])],
  (dice) => ["interval_year_month", dice.one([new IntervalYearMonth(), new IntervalMonthDayNano()])],
  () => ["vector(float,3)", new FixedSizeList(3, new Field("item", new Float32(), true))],
  () => ["vector(double,2)", new List(new Field("item", new Float64(), true))],
  (dice) => [dice.one(["bigint", "string", "date"]), new Null()],
];

function anyType(dice: Dice, depth: number): Made {
  if (depth > 0 && dice.below(5) === 0) {
    const [element, arrow] = anyType(dice, depth - 1);
    const field = new Field("item", arrow, true);
    const list = dice.one([new List(field), new LargeList(field), new FixedSizeList(2, field)]);
    return [`array<${element}>`, list];
  }
  if (depth > 0 && dice.below(12) === 0) {
    const [key, keyType] = anyType(dice, depth - 1);
    const [value, valueType] = anyType(dice, depth - 1);
    const entries = new Struct<{ key: DataType; value: DataType }>([
      new Field("key", keyType, true),
      new Field("value", valueType, true),
    ]);
    return [`map<${key},${value}>`, new Map_(new Field("entries", entries, false))];
  }
  if (depth > 0 && dice.below(8) === 0) {
    const [a, first] = anyType(dice, depth - 1);
    const [b, second] = anyType(dice, depth - 1);
    const fields = [new Field("B", second, true), new Field("a", first, true)];
    return [
      `struct<a:${a},missing:string,b:${b}>`,
      new Struct(dice.below(2) === 0 ? fields : fields.reverse()),
    ];
  }
  const [odps, arrow] = dice.one(leaves)(dice);
  if (dice.below(6) === 0 && !/vector|null/i.test(`${odps}${arrow}`)) {
    return [odps, new Dictionary(arrow, dice.one([new Int8(), new Int16(), new Int32(), new Uint8()]))];
  }
  return [odps, arrow];
}

/** A table of one to eight columns of any types, in batches that are slices of larger ones. */
export function anyArrowTable(seed: number): ArrowTable {
  const dice = new Dice(seed);
  const made = Array.from({ length: 1 + dice.below(8) }, () => anyType(dice, 2));
  const columns = made.map(([type], index) => ({
    name: `c${index}`,
    type,
    nullable: dice.below(6) !== 0,
  }));
  const oddness = dice.one([0, 0, 0.002, 0.05]);
  const fields = made.map(
    ([, type], index) => new Field(index % 2 === 0 ? `c${index}` : `C${index}`, type, true),
  );
  const missing = dice.below(8) === 0 ? dice.below(fields.length) : -1;
  const sent = fields.filter((_, index) => index !== missing);
  const batches = Array.from({ length: 1 + dice.below(3) }, () => {
    const rows = dice.one([0, 1, 7, 40, 200]);
    const before = dice.below(20);
    const children = sent.map(({ type }) => anyData(type, rows + before + dice.below(5), dice, oddness));
    const schema = new Schema(sent);
    const cut = children.map((child) => child.slice(before, rows));
    return new RecordBatch(
      schema,
      makeData({ type: new Struct(sent), length: rows, nullCount: 0, children: cut }),
    );
  });
  return { columns, batches };
}

/** Buffers of so many values, junk under NULLs, and children that begin before their first element. */
function anyData(type: DataType, length: number, dice: Dice, oddness: number): Data {
  const nulls = anyNulls(length, dice);
  if (type instanceof Null) return makeData({ type, length });
  if (type instanceof Dictionary) {
    const values = 1 + dice.below(30);
    const dictionary = new Vector([anyData(type.dictionary as DataType, values, dice, oddness)]);
    const indices = type.indices.ArrayType.from(Array.from({ length }, () => dice.below(values)));
    return makeData({ type, length, ...nulls, data: indices, dictionary } as never);
  }
  if (type instanceof Bool) return makeData({ type, length, ...nulls, data: anyBits(length, dice) });
  if (type instanceof Struct) {
    const children = type.children.map((field: Field) => anyData(field.type, length, dice, oddness));
    return makeData({ type, length, ...nulls, children });
  }
  if (type instanceof FixedSizeList) {
    const child = anyData(type.children[0]!.type, length * type.listSize, dice, oddness);
    return makeData({ type, length, ...nulls, child });
  }
  if (type instanceof List || type instanceof LargeList || type instanceof Map_) {
    const offsets = anyOffsets(length, 4, dice);
    const child = anyChild(type, offsets.at(-1)! + dice.below(3), dice, oddness);
    const valueOffsets =
      type instanceof LargeList ? BigInt64Array.from(offsets, BigInt) : Int32Array.from(offsets);
    return makeData({ type, length, ...nulls, valueOffsets, child } as never);
  }
  if (isBytes(type)) return anyByteData(type, length, nulls, dice, oddness);
  return makeData({ type, length, ...nulls, data: anyValues(type, length, dice, oddness) } as never);
}

function anyChild(type: List | LargeList | Map_, length: number, dice: Dice, oddness: number): Data {
  const element: DataType = type.children[0]!.type;
  if (!(type instanceof Map_)) return anyData(element, length, dice, oddness);
  // The entries of a map are never NULL themselves.
  const children = (element as Struct).children.map((field) => anyData(field.type, length, dice, oddness));
  return makeData({ type: element as Struct, length, nullCount: 0, children });
}

interface Nulls {
  readonly nullCount: number;
  readonly nullBitmap?: Uint8Array;
}

function anyNulls(length: number, dice: Dice): Nulls {
  const share = dice.one([0, 0, 0.1, 0.5, 1]);
  if (share === 0) return { nullCount: 0 };
  const nullBitmap = new Uint8Array((length + 7) >> 3);
  for (let at = 0; at < length; at++)
    if (dice.below(1000) >= share * 1000) nullBitmap[at >> 3]! |= 1 << (at & 7);
  return { nullCount: -1, nullBitmap };
}

function anyBits(length: number, dice: Dice): Uint8Array {
  return Uint8Array.from({ length: (length + 7) >> 3 }, () => dice.below(256));
}

function anyOffsets(length: number, longest: number, dice: Dice): number[] {
  const offsets = [dice.below(5)];
  for (let at = 0; at < length; at++) offsets.push(offsets[at]! + dice.below(longest));
  return offsets;
}

const isBytes = (type: DataType): boolean =>
  [Utf8, LargeUtf8, Utf8View, Binary, LargeBinary, BinaryView, FixedSizeBinary].some(
    (kind) => type instanceof kind,
  );

const texts = [
  "",
  "a",
  "plain text",
  "München",
  "杭州市余杭区",
  "😀😀😀😀",
  "x".repeat(16),
  "y".repeat(70),
  "界".repeat(250),
  "z".repeat(700),
];
const sayings = [
  "1.50",
  "-0",
  "12",
  "2024-02-29",
  "2024-01-02T03:04:05.678Z",
  "2024-01-02T03:04:05",
  '{"a":[1]}',
  "true",
];

function anyByteData(type: DataType, length: number, nulls: Nulls, dice: Dice, oddness: number): Data {
  const encoder = new TextEncoder();
  const value = (): Uint8Array => {
    if (dice.below(1000) < oddness * 1000) return Uint8Array.of(0xff, 0xc0, dice.below(256));
    return encoder.encode(dice.one(dice.below(3) === 0 ? texts : sayings));
  };
  if (type instanceof FixedSizeBinary) {
    const data = Uint8Array.from({ length: length * type.byteWidth }, () => dice.below(128));
    return makeData({ type, length, ...nulls, data });
  }
  const values = Array.from({ length }, value);
  if (type instanceof Utf8View || type instanceof BinaryView) return viewData(type, values, nulls);
  const offsets = [3];
  for (const bytes of values) offsets.push(offsets.at(-1)! + bytes.length);
  const data = Buffer.concat([Buffer.from("abc"), ...values, Buffer.from("behind")]);
  const is64 = type instanceof LargeUtf8 || type instanceof LargeBinary;
  const valueOffsets = is64 ? BigInt64Array.from(offsets, BigInt) : Int32Array.from(offsets);
  return makeData({ type, length, ...nulls, valueOffsets, data } as never);
}

function viewData(type: Utf8View | BinaryView, values: readonly Uint8Array[], nulls: Nulls): Data {
  const views = Buffer.alloc(values.length * 16);
  const buffers = [Buffer.alloc(4000), Buffer.alloc(400_000)];
  const ends = [0, 0];
  values.forEach((bytes, index) => {
    const at = index * 16;
    views.writeInt32LE(bytes.length, at);
    if (bytes.length <= 12) {
      views.set(bytes, at + 4);
      return;
    }
    const buffer = ends[0]! + bytes.length > 4000 ? 1 : 0;
    buffers[buffer]!.set(bytes, ends[buffer]);
    views.set(bytes.subarray(0, 4), at + 4);
    views.writeInt32LE(buffer, at + 8);
    views.writeInt32LE(ends[buffer]!, at + 12);
    ends[buffer]! += bytes.length;
  });
  const variadicBuffers = buffers.map((buffer) => new Uint8Array(buffer));
  return makeData({
    type,
    length: values.length,
    ...nulls,
    views: new Uint8Array(views),
    variadicBuffers,
  } as never);
}

/** Elements of a type of fixed width: mostly ones that fit, sometimes any bits at all. */
function anyValues(type: DataType, length: number, dice: Dice, oddness: number): ArrayBufferView {
  const width = type instanceof Decimal ? type.bitWidth / 8 : (type as { stride?: number }).stride;
  const array = new (
    type as unknown as { ArrayType: { BYTES_PER_ELEMENT: number } & Uint8ArrayConstructor }
  ).ArrayType(0);
  const element = array.BYTES_PER_ELEMENT;
  const perValue =
    type instanceof Decimal
      ? width! / element
      : type instanceof IntervalDayTime
        ? 2
        : type instanceof IntervalMonthDayNano
          ? 4
          : 1;
  const values = new (array.constructor as Uint8ArrayConstructor)(length * perValue);
  const bytes = new Uint8Array(values.buffer);
  const size = element * perValue;
  for (let index = 0; index < length; index++) {
    const at = bytes.subarray(index * size, (index + 1) * size);
    if (dice.below(1000) < oddness * 1000) {
      for (let byte = 0; byte < size; byte++) at[byte] = dice.below(256);
    } else {
      putUsual(type, at, dice);
    }
  }
  return values;
}

/** A value that most columns take. */
function putUsual(type: DataType, at: Uint8Array, dice: Dice): void {
  const view = new DataView(at.buffer, at.byteOffset, at.length);
  if (type instanceof Float16) {
    view.setUint16(0, dice.one([0x3c00, 0xc000, 0x4900, 0x5640, 0]), true);
  } else if (type instanceof Float32) {
    view.setFloat32(0, dice.below(120) - 60, true);
  } else if (type instanceof Float64) {
    view.setFloat64(0, dice.below(120) - 60, true);
  } else if (type instanceof IntervalMonthDayNano) {
    // Columns take either months or the rest.
    const months = dice.below(2);
    view.setInt32(0, months * dice.below(999), true);
    view.setInt32(4, (1 - months) * (dice.below(99) - 50), true);
    view.setBigInt64(8, BigInt((1 - months) * (dice.word() - 2 ** 31)) * 1001n, true);
  } else if (type instanceof IntervalDayTime) {
    view.setInt32(0, dice.below(999) - 500, true);
    view.setInt32(4, dice.word() - 2 ** 31, true);
  } else {
    putInteger(usualInteger(type, dice), at);
  }
}

function usualInteger(type: DataType, dice: Dice): bigint {
  const name = String(type);
  const whole = BigInt(dice.below(120) - (name.startsWith("Uint") ? 0 : 60));
  if (type instanceof Decimal) {
    if (dice.below(2) === 0) return whole * 10n ** BigInt(type.scale + dice.below(4));
    return dice.below(8) === 0 ? whole * 10n ** 30n + BigInt(dice.word()) : whole;
  }
  if (!/Timestamp|Duration|Date.*MILLI/.test(name)) return whole;
  return whole * (name.includes("<SECOND") ? 86_400n : 86_400_000n) * dice.one([1n, 1n, 1000n]);
}

function putInteger(value: bigint, at: Uint8Array): void {
  let rest = value;
  for (let byte = 0; byte < at.length; byte++) {
    at[byte] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

function anyInteger(dice: Dice): DataType {
  return dice.one([
    new Int8(),
    new Int16(),
    new Int32(),
    new Int64(),
    new Uint8(),
    new Uint16(),
    new Uint32(),
    new Uint64(),
  ]);
}

function anyFloat(dice: Dice): DataType {
  return dice.one([new Float16(), new Float32(), new Float64()]);
}

function anyText(dice: Dice): DataType {
  return dice.one([new Utf8(), new LargeUtf8(), new Utf8View()]);
}

function anyBytes(dice: Dice): DataType {
  return dice.one([anyText(dice), new Binary(), new LargeBinary(), new BinaryView(), new FixedSizeBinary(5)]);
}

function anyDecimal(dice: Dice): string {
  return dice.one(["decimal", "decimal(38,18)", "decimal(10,2)", "decimal(20,0)", "decimal(5,5)"]);
}

function anyTimestamp(dice: Dice): DataType {
  const zone = dice.one(zones);
  return dice.one([
    new TimestampSecond(zone),
    new TimestampMillisecond(zone),
    new TimestampMicrosecond(zone),
    new TimestampNanosecond(zone),
  ]);
}

function secondsAndNanos(): DataType {
  return new Struct([new Field("sec", new Int64(), true), new Field("nano", new Int32(), true)]);
}
