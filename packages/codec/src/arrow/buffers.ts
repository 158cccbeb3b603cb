import { InvalidValue } from "../values/invalid-value.ts";
import type { ArrowDataLike } from "./arrow-data.ts";

/** Reads one value; `null` where there is none. */
export type ValueAt = (index: number) => unknown;
/** Opens the buffers of a slice for reading values that are known not to be NULL. */
export type OpenValues = (data: ArrowDataLike) => ValueAt;

/** Opens a slice for reading values, NULL where the bitmap says so. */
export function openNullable(open: OpenValues, data: ArrowDataLike): ValueAt {
  const { nullBitmap, offset } = data;
  const valueAt = open(data);
  if (!hasNulls(data) || nullBitmap === undefined) return valueAt;
  return (index) => (bitAt(nullBitmap, offset + index) ? valueAt(index) : null);
}

/** Whether the bitmap of a slice has to be looked at. */
export function hasNulls({ nullBitmap, nullCount }: ArrowDataLike): boolean {
  return nullBitmap !== undefined && nullBitmap !== null && nullBitmap.length > 0 && nullCount !== 0;
}

export function bitAt(bitmap: Uint8Array, bit: number): boolean {
  return ((bitmap[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

/** The bytes of a typed array; none where a column has no such buffer. */
export function bytesOf(buffer: unknown): Uint8Array {
  if (!ArrayBuffer.isView(buffer)) return noBytes;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

interface ElementType<T> {
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

/**
 * A buffer's elements as what its type says they are, in whatever kind of typed array they came.
 *
 * @throws InvalidValue `bad-length` when there are fewer than so many.
 */
export function elementsOf<T extends ArrayBufferView & { readonly length: number }>(
  buffer: unknown,
  type: ElementType<T>,
  count: number,
): T {
  let elements: T;
  if (buffer instanceof type) {
    elements = buffer;
  } else {
    let bytes = bytesOf(buffer);
    if (bytes.byteOffset % type.BYTES_PER_ELEMENT !== 0) bytes = new Uint8Array(bytes);
    elements = new type(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / type.BYTES_PER_ELEMENT));
  }
  if (elements.length >= count) return elements;
  throw new InvalidValue("bad-length", `a buffer of at least ${count} elements`, elements.length);
}

const noBytes: Uint8Array = /*@__PURE__*/ new Uint8Array(0);
