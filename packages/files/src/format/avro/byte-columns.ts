import type { ArrowDataLike, ArrowTypeLike } from "@maxcompute-tunnel/codec/arrow";
import type { AvroColumn } from "./avro-column.ts";
import type { AvroCursor } from "./avro-cursor.ts";
import type { AvroType } from "./avro-schema.ts";
import { ByteRows, NumberRows, PresentRows } from "./growing-rows.ts";

/** Values of as many bytes as the type says: decimals, UUIDs, durations, and what is none of these. */
export function fixedColumn(type: Extract<AvroType, { kind: "fixed" }>): AvroColumn {
  const { size, logical } = type;
  const read = (cursor: AvroCursor): Uint8Array => cursor.take(size);
  if (logical === "decimal") return decimalColumn(type, read);
  if (logical === "uuid" && size === 16) {
    return new BytesColumn({ typeId: 5 }, (cursor) => {
      const hex = Buffer.from(read(cursor)).toString("hex");
      return Buffer.from(hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
    });
  }
  if (logical === "duration" && size === 12) return new DurationColumn();
  return new BytesColumn({ typeId: 4 }, read);
}

/** Texts and bytes of any length. */
export class BytesColumn implements AvroColumn {
  readonly type: ArrowTypeLike;
  readonly #read: (cursor: AvroCursor) => Uint8Array;
  readonly #validity = new PresentRows();
  readonly #rows = new ByteRows();

  constructor(type: ArrowTypeLike, read: (cursor: AvroCursor) => Uint8Array) {
    this.type = type;
    this.#read = read;
  }

  read(cursor: AvroCursor): void {
    this.#rows.add(this.#read(cursor));
    this.#validity.add(true);
  }

  addNull(): void {
    this.#rows.add(noBytes);
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    return { type: this.type, ...this.#validity.finish(), ...this.#rows.finish(), children: [] };
  }
}

/** Decimals: two's complement, most significant byte first, of any length. */
export function decimalColumn(
  { precision, scale }: { readonly precision: number; readonly scale: number },
  read: (cursor: AvroCursor) => Uint8Array,
): AvroColumn {
  const words = precision > 38 ? 4 : 2;
  const type = { typeId: 7, precision, scale, bitWidth: words * 64 };
  const validity = new PresentRows();
  const rows = new NumberRows(BigInt64Array);
  return {
    type,
    read(cursor) {
      const bytes = read(cursor);
      let value = 0n;
      for (const byte of bytes) value = (value << 8n) | BigInt(byte);
      value = BigInt.asIntN(Math.max(1, bytes.length * 8), value);
      if (BigInt.asIntN(words * 64, value) !== value) throw new RangeError("a decimal of too many digits");
      for (let word = 0; word < words; word += 1) rows.add(BigInt.asIntN(64, value >> BigInt(word * 64)));
      validity.add(true);
    },
    addNull() {
      for (let word = 0; word < words; word += 1) rows.skip();
      validity.add(false);
    },
    finish: () => ({ type, ...validity.finish(), values: asWords(rows.finish()), children: [] }),
  };
}

/** Months, days and milliseconds, as months, days and nanoseconds. */
class DurationColumn implements AvroColumn {
  readonly type: ArrowTypeLike = { typeId: 11, unit: 2 };
  readonly #validity = new PresentRows();
  readonly #rows = new NumberRows(BigInt64Array);

  read(cursor: AvroCursor): void {
    const bytes = cursor.take(12);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
    const [months, days, ms] = [0, 4, 8].map((at) => BigInt(view.getUint32(at, true)));
    this.#rows.add(BigInt.asIntN(64, (days! << 32n) | months!));
    this.#rows.add(ms! * 1_000_000n);
    this.#validity.add(true);
  }

  addNull(): void {
    this.#rows.skip();
    this.#rows.skip();
    this.#validity.add(false);
  }

  finish(): ArrowDataLike {
    const { buffer, length } = this.#rows.finish();
    const values = new Int32Array(buffer as ArrayBuffer, 0, length * 2);
    return { type: this.type, ...this.#validity.finish(), values, children: [] };
  }
}

function asWords(values: Int32Array | BigInt64Array | Float32Array | Float64Array): Uint32Array {
  return new Uint32Array(values.buffer as ArrayBuffer, values.byteOffset, values.length * 2);
}

const noBytes: Uint8Array = new Uint8Array(0);
