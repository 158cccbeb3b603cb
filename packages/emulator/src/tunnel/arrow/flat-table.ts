import { malformed } from "./malformed.ts";

/**
 * A table of a FlatBuffer, read where it lies.
 *
 * Every access is held against the end of the bytes, so that offsets of hostile messages lead nowhere.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #fields: number;
  readonly #fieldBytes: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#fields = at - read(view, at, 4, () => view.getInt32(at, true));
    this.#fieldBytes = read(view, this.#fields, 2, () => view.getUint16(this.#fields, true));
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(
      view,
      read(view, 0, 4, () => view.getUint32(0, true)),
    );
  }

  uint8(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : read(this.#view, at, 1, () => this.#view.getUint8(at));
  }

  /** A 64-bit number that has to be a length: a safe integer from 0 on. */
  length(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : lengthAt(this.#view, at);
  }

  /** A table that the field refers to, if there is one. */
  table(field: number): FlatTable | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : new FlatTable(this.#view, this.#target(at));
  }

  /** Pairs of 64-bit numbers in a vector of structs. Field nodes may say -1 for a count that nobody made. */
  pairs(field: number): readonly (readonly [number, number])[] {
    const place = this.#place(field);
    if (place === undefined) {
      return [];
    }
    const view = this.#view;
    const at = this.#target(place);
    const count = read(view, at, 4, () => view.getUint32(at, true));
    if (count > (view.byteLength - at - 4) / 16) {
      throw malformed(`its metadata lists ${count} entries and is too short for them`);
    }
    return Array.from({ length: count }, (_, index) => {
      const pair = at + 4 + index * 16;
      return [lengthAt(view, pair), numberAt(view, pair + 8)];
    });
  }

  #place(field: number): number | undefined {
    const slot = 4 + field * 2;
    if (slot + 2 > this.#fieldBytes) {
      return undefined;
    }
    const at = this.#fields + slot;
    const offset = read(this.#view, at, 2, () => this.#view.getUint16(at, true));
    return offset === 0 ? undefined : this.#at + offset;
  }

  #target(at: number): number {
    return at + read(this.#view, at, 4, () => this.#view.getUint32(at, true));
  }
}

function lengthAt(view: DataView, at: number): number {
  const value = numberAt(view, at);
  if (value < 0) {
    throw malformed(`its metadata has the length ${value}`);
  }
  return value;
}

function numberAt(view: DataView, at: number): number {
  const value = read(view, at, 8, () => view.getBigInt64(at, true));
  if (value < -1n || value > Number.MAX_SAFE_INTEGER) {
    throw malformed(`its metadata has the length ${value}`);
  }
  return Number(value);
}

function read<T>(view: DataView, at: number, bytes: number, get: () => T): T {
  if (at < 0 || at + bytes > view.byteLength) {
    throw malformed("its metadata refers to a place outside of itself");
  }
  return get();
}
