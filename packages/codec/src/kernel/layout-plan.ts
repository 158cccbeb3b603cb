import * as plan from "../record/type-plan.ts";

/** So many bytes of the stream are handed to the kernel at a time, at most and at least. */
const mostWindow = 128 * 1024;
const leastWindow = 32 * 1024;
/** A column of texts has room for those of a whole window. All together take no more than this, or smallest windows. */
const mostTextBytes = 8 * 1024 * 1024;
/** The kernel may read or write so far beyond what it was given. */
export const slack = 64;
/** No more rows than this are laid out in a run, nor more than fit this many bytes. */
const mostRows = 1024;
const mostBytes = 4 * 1024 * 1024;
/** Bytes of a column's description; see assembly/decode/columns.as. */
const columnBytes = 64;

// How the kernel lays values out; see assembly/decode/columns.as.
export const layInteger = 0;
export const layDouble = 1;
export const layFloat = 2;
export const layBoolean = 3;
export const layBytes = 4;
export const layText = 5;
export const layDecimalText = 6;
export const layDecimal = 7;
export const layInstant = 8;
export const layNanoseconds = 9;
export const layVector = 10;
export const layNested = 11;

/** How a column is to be laid out. */
export interface Lay {
  readonly kind: number;
  readonly size?: number;
  readonly scale?: number;
  readonly min?: bigint;
  readonly max?: bigint;
}

/** A column, and where its arrays lie. Addresses are in bytes. */
export interface ColumnLayout {
  readonly column: plan.ColumnPlan;
  readonly lay: Lay;
  readonly values: number;
  /** A byte a row: 0 for NULL. */
  readonly flags: number;
  /** Nanoseconds of instants; the bytes of texts and such, whose values say where each begins and the last one ends. */
  readonly further: number;
}

/** Where everything lies in the kernel's memory, and what is written there before records are. */
export interface LayoutPlan {
  readonly columns: readonly ColumnLayout[];
  readonly maxRows: number;
  readonly description: Uint8Array;
  /** By column: for how many runs its texts are not looked for among those met lately. */
  readonly resting: number[];
  /** Where the texts are gathered that have not been met lately, and where each begins among them. */
  readonly heap: number;
  readonly offsets: number;
  /** Where each text of a column begins, in UTF-16 units. */
  readonly units: number;
  /** Where the kernel says which of a column's texts it has met. */
  readonly codes: number;
  /** So many bytes of the stream are handed to the kernel at a time, here. */
  readonly windowBytes: number;
  readonly window: number;
  /** Where the kernel puts what records state as their checksums. */
  readonly sums: number;
  /** Where the kernel writes what checksums are of; it takes up to six times the bytes that the stream has. */
  readonly fed: number;
  readonly end: number;
}

/** A column and how it is laid out, not placed yet. */
export function layoutOf(column: plan.ColumnPlan, lay: Lay): ColumnLayout {
  return { column, lay, values: 0, flags: 0, further: 0 };
}

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;

/** The layout of a type's values as the stream has them. Undefined for what the kernel cannot take. */
export function layOf(type: plan.TypePlan): Lay | undefined {
  switch (type.op) {
    case plan.opInteger:
    case plan.opDate: {
      const size = type.max < 128 ? 0 : type.max < 32_768 ? 1 : 2;
      return { kind: layInteger, size, min: BigInt(type.min), max: BigInt(type.max) };
    }
    case plan.opBigint:
      return { kind: layInteger, size: 3, min: smallest, max: largest };
    case plan.opDateTime:
      return { kind: layInteger, size: 3, min: -dateReachMs, max: dateReachMs };
    case plan.opDouble:
      return { kind: layDouble };
    case plan.opFloat:
      return { kind: layFloat };
    case plan.opBoolean:
      return { kind: layBoolean };
    case plan.opBinary:
      return { kind: layBytes };
    case plan.opString:
    case plan.opCharacters:
    case plan.opJson:
      return { kind: layText };
    case plan.opDecimal:
      return { kind: layDecimalText, size: 1000, scale: 1000 };
    case plan.opTimestamp:
    case plan.opTimestampNtz:
    case plan.opDayTimeInterval:
      return { kind: layInstant, min: smallest, max: largest };
    case plan.opVector: {
      const scale = type.isDoubleVector ? 8 : 4;
      return type.dimension * scale > mostWindow
        ? undefined
        : { kind: layVector, size: type.dimension, scale };
    }
    default:
      return { kind: layNested };
  }
}

/** Places columns in memory from an address on. */
export function describeColumns(columns: readonly ColumnLayout[], base: number): LayoutPlan {
  const textColumns = columns.filter(({ lay }) => isOfBytes(lay)).length;
  const room = Math.floor(mostTextBytes / Math.max(1, textColumns)) & ~1023;
  const windowBytes = Math.max(leastWindow, Math.min(mostWindow, room));
  const types = new TypeTable(base + columns.length * columnBytes);
  const typeAt = columns.map(({ column, lay }) => (lay.kind === layNested ? types.add(column.type) : 0));
  const rowBytes = columns.reduce((sum, { lay }) => sum + 1 + valueBytes(lay) + furtherBytes(lay), 12);
  const maxRows = Math.max(16, Math.min(mostRows, mostBytes / rowBytes) & ~15);
  let next = aligned(types.end);
  const place = (bytes: number): number => {
    const at = next;
    next = aligned(next + bytes + slack);
    return at;
  };
  const placed = columns.map(({ column, lay }) => ({
    column,
    lay,
    flags: place(maxRows),
    values: place(maxRows * valueBytes(lay)),
    further: isOfBytes(lay) ? place(windowBytes) : place(maxRows * furtherBytes(lay)),
  }));
  const offsets = place((maxRows + 1) * 4);
  const units = place((maxRows + 1) * 4);
  const codes = place(maxRows * 4);
  const heap = place(windowBytes);
  next += slack;
  const window = place(windowBytes);
  const sums = place(maxRows * 4);
  const fed = place(windowBytes * 6);
  const description = new Uint8Array(types.end - base);
  const view = new DataView(description.buffer);
  placed.forEach(({ column, lay, values, flags, further }, index) => {
    const at = index * columnBytes;
    const { kind, size = 0, scale = 0, min = 0n, max = 0n } = lay;
    [column.tag, kind, size, scale].forEach((word, place) => {
      view.setUint32(at + place * 4, word, true);
    });
    view.setBigInt64(at + 16, min, true);
    view.setBigUint64(at + 24, max - min, true);
    [values, flags, further, typeAt[index]!].forEach((word, place) => {
      view.setUint32(at + 32 + place * 4, word, true);
    });
  });
  types.words.forEach((word, index) => {
    view.setUint32(columns.length * columnBytes + index * 4, word, true);
  });
  const resting = columns.map(() => 0);
  return {
    columns: placed,
    maxRows,
    description,
    resting,
    heap,
    offsets,
    units,
    codes,
    windowBytes,
    window,
    sums,
    fed,
    end: next,
  };
}

/** The furthest instants that a Date can hold. */
const dateReachMs = 8_640_000_000_000_000n;

/** Types of nested columns as the kernel reads them; see assembly/decode/nested-walk.as. */
class TypeTable {
  readonly words: number[] = [];
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  get end(): number {
    return this.#start + this.words.length * 4;
  }

  add(type: plan.TypePlan): number {
    const [kind, first, second] = this.#wordsOf(type);
    const at = this.end;
    this.words.push(kind, first, second, 0);
    return at;
  }

  #wordsOf(type: plan.TypePlan): readonly [number, number, number] {
    switch (type.op) {
      case plan.opArray:
        return [16, this.add(type.element!), 0];
      case plan.opMap:
        return [17, this.add(type.element!), this.add(type.value!)];
      case plan.opStruct: {
        const fields = type.fields.map((field) => this.add(field));
        const at = this.end;
        this.words.push(...fields);
        return [18, fields.length, at];
      }
      case plan.opVector:
        return [layVector, type.dimension, type.isDoubleVector ? 8 : 4];
      default: {
        const kind = layOf(type)!.kind;
        return [kind === layText || kind === layDecimalText ? layBytes : kind, 0, 0];
      }
    }
  }
}

function valueBytes({ kind, size = 0 }: Lay): number {
  switch (kind) {
    case layInteger:
      return 1 << size;
    case layFloat:
    case layBytes:
    case layText:
    case layDecimalText:
      return 4;
    case layBoolean:
      return 1;
    case layDecimal:
      return 16;
    default:
      return 8;
  }
}

function furtherBytes({ kind }: Lay): number {
  return kind === layInstant ? 4 : 0;
}

/** Whether a column's bytes are put one behind the other. */
function isOfBytes({ kind }: Lay): boolean {
  return kind === layBytes || kind === layText || kind === layDecimalText;
}

function aligned(address: number): number {
  return (address + 15) & ~15;
}
