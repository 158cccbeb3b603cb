/**
 * Writes a FlatBuffer back to front, as the format wants it: what is referred to is written before what refers to it,
 * and is known by its distance from the end.
 */
export class FlatBufferWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #view: DataView = new DataView(this.#bytes.buffer);
  /** Bytes written so far. */
  #length = 0;

  /** A table of fields in the order of their slots; undefined for those that are left out. */
  table(fields: readonly (Field | undefined)[]): Ref {
    const end = this.#length;
    // Largest first, so that little is lost to alignment.
    const placed = new Map<number, number>();
    const order = fields
      .map((field, slot) => ({ field, slot }))
      .filter((each): each is { field: Field; slot: number } => each.field !== undefined)
      .sort((a, b) => a.field.bytes - b.field.bytes);
    for (const { field, slot } of order.reverse()) {
      this.#align(field.bytes, 0);
      if (field.kind === "ref") this.#put(4, this.#length + 4 - field.value);
      else if (field.bytes === 8) this.#put64(field.value);
      else this.#put(field.bytes, field.value);
      placed.set(slot, this.#length);
    }
    this.#align(4, 0);
    this.#put(4, 0);
    const table = this.#length;
    for (let slot = fields.length - 1; slot >= 0; slot--) {
      const at = placed.get(slot);
      this.#put(2, at === undefined ? 0 : table - at);
    }
    this.#put(2, table - end);
    this.#put(2, fields.length * 2 + 4);
    this.#view.setInt32(this.#bytes.length - table, this.#length - table, true);
    return table;
  }

  text(value: string): Ref {
    const bytes = new TextEncoder().encode(value);
    this.#align(4, bytes.length + 1);
    this.#put(1, 0);
    this.#reserve(bytes.length);
    this.#length += bytes.length;
    this.#bytes.set(bytes, this.#bytes.length - this.#length);
    this.#put(4, bytes.length);
    return this.#length;
  }

  /** A vector of what was written before. */
  refs(refs: readonly Ref[]): Ref {
    this.#align(4, refs.length * 4);
    for (const ref of refs.toReversed()) this.#put(4, this.#length + 4 - ref);
    this.#put(4, refs.length);
    return this.#length;
  }

  /** A vector of structs of two 64-bit integers. */
  pairs(pairs: readonly (readonly [number, number])[]): Ref {
    this.#align(4, pairs.length * 16);
    this.#align(8, pairs.length * 16);
    for (const [first, second] of pairs.toReversed()) {
      this.#put64(second);
      this.#put64(first);
    }
    this.#put(4, pairs.length);
    return this.#length;
  }

  /** The bytes, whose root is a table written before. */
  finish(root: Ref): Uint8Array<ArrayBuffer> {
    this.#align(8, 4);
    this.#put(4, this.#length + 4 - root);
    return this.#bytes.slice(this.#bytes.length - this.#length);
  }

  /** Sees to it that what begins so many bytes further on is aligned. */
  #align(size: number, further: number): void {
    const padding = -(this.#length + further) & (size - 1);
    for (let at = 0; at < padding; at++) this.#put(1, 0);
  }

  #put(size: number, value: number): void {
    this.#reserve(size);
    this.#length += size;
    const at = this.#bytes.length - this.#length;
    if (size === 1) this.#view.setUint8(at, value);
    else if (size === 2) this.#view.setUint16(at, value, true);
    else this.#view.setInt32(at, value, true);
  }

  #put64(value: number): void {
    this.#put(4, Math.floor(value / 2 ** 32));
    this.#put(4, value | 0);
  }

  #reserve(more: number): void {
    const { length } = this.#bytes;
    if (this.#length + more <= length) return;
    const grown = new Uint8Array(Math.max(length * 2, length + more));
    grown.set(this.#bytes, grown.length - length);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Where something was written: its distance from the end. */
export type Ref = number;

/** A field of a table: a whole number of so many bytes, or something written before. */
export type Field =
  | { readonly kind: "number"; readonly bytes: 1 | 2 | 4 | 8; readonly value: number }
  | { readonly kind: "ref"; readonly bytes: 4; readonly value: Ref };

export function byte(value: number): Field {
  return { kind: "number", bytes: 1, value };
}

export function short(value: number): Field {
  return { kind: "number", bytes: 2, value };
}

export function int(value: number): Field {
  return { kind: "number", bytes: 4, value };
}

export function long(value: number): Field {
  return { kind: "number", bytes: 8, value };
}

export function ref(value: Ref): Field {
  return { kind: "ref", bytes: 4, value };
}
