import { countLevel, type DataPage, type PageReader } from "./page-reader.ts";
import type { DenseValues, Numbers } from "./page-values.ts";

/** Some rows of a column: levels of all its values, and those of them that are there. */
export interface LeafRows {
  /** Values, NULLs included. */
  readonly count: number;
  /** Absent where all are the largest there is, in columns without repetition. */
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly values: DenseValues | IndexedValues;
}

/** Values that all are in one dictionary. */
export interface IndexedValues {
  readonly kind: "indices";
  readonly indices: Int32Array;
  readonly dictionary: DenseValues;
}

interface Segment {
  readonly page: DataPage;
  readonly fromLevel: number;
  readonly toLevel: number;
  readonly fromValue: number;
  readonly toValue: number;
}

/** Takes rows out of a column's pages, so many at a time. */
export class LeafCursor {
  readonly #pages: PageReader;
  readonly #maxDefinition: number;
  readonly #repeats: boolean;
  #page: DataPage | undefined;
  #level = 0;
  #value = 0;

  constructor(
    pages: PageReader,
    { maxDefinition, maxRepetition }: { maxDefinition: number; maxRepetition: number },
  ) {
    this.#pages = pages;
    this.#maxDefinition = maxDefinition;
    this.#repeats = maxRepetition > 0;
  }

  /** @throws FilesError `malformed` when there are not so many */
  take(rows: number): LeafRows {
    const segments: Segment[] = [];
    let missing = rows;
    /** Whether a row may go on in the next page. */
    let isOpen = false;
    while (missing > 0 || isOpen) {
      const page = this.#current();
      if (page === undefined) {
        if (missing > 0) throw this.#pages.fault(`${missing} rows are missing`);
        break;
      }
      const from = this.#level;
      const { to, rows: begun } = this.#reach(page, from, missing);
      if (to === from) break;
      missing -= begun;
      const there =
        page.definition === undefined
          ? to - from
          : countLevel(page.definition.subarray(from, to), this.#maxDefinition);
      const fromValue = this.#value;
      segments.push({ page, fromLevel: from, toLevel: to, fromValue, toValue: fromValue + there });
      this.#level = to;
      this.#value += there;
      isOpen = this.#repeats && to === page.count;
    }
    return this.#join(segments);
  }

  #current(): DataPage | undefined {
    if (this.#page === undefined || this.#level >= this.#page.count) {
      this.#page = this.#pages.next();
      this.#level = 0;
      this.#value = 0;
    }
    return this.#page;
  }

  /** Up to where so many rows go within a page, and how many begin there. */
  #reach(page: DataPage, from: number, rows: number): { readonly to: number; readonly rows: number } {
    if (!this.#repeats || page.repetition === undefined) {
      const to = Math.min(page.count, from + rows);
      return { to, rows: to - from };
    }
    let begun = 0;
    let to = from;
    for (; to < page.count; to += 1) {
      if (page.repetition[to] !== 0) continue;
      if (begun === rows) break;
      begun += 1;
    }
    return { to, rows: begun };
  }

  #join(segments: readonly Segment[]): LeafRows {
    const count = segments.reduce((total, { fromLevel, toLevel }) => total + toLevel - fromLevel, 0);
    const hasNulls = segments.some(({ page }) => page.definition !== undefined);
    const definition =
      hasNulls || this.#repeats ? new Uint8Array(count).fill(this.#maxDefinition) : undefined;
    const repetition = this.#repeats ? new Uint8Array(count) : undefined;
    let at = 0;
    for (const { page, fromLevel, toLevel } of segments) {
      if (page.definition !== undefined) definition!.set(page.definition.subarray(fromLevel, toLevel), at);
      if (page.repetition !== undefined) repetition!.set(page.repetition.subarray(fromLevel, toLevel), at);
      at += toLevel - fromLevel;
    }
    return { count, definition, repetition, values: joinValues(segments) };
  }
}

function joinValues(segments: readonly Segment[]): LeafRows["values"] {
  const [first] = segments;
  if (first === undefined) return { kind: "numbers", values: new Uint8Array(0) };
  const { dictionary } = first.page;
  const isIndexed = segments.every(({ page }) => page.values.kind === "indices");
  if (isIndexed && dictionary !== undefined) {
    const parts = segments.map(({ page, fromValue, toValue }) =>
      (page.values as { indices: Int32Array }).indices.subarray(fromValue, toValue),
    );
    return { kind: "indices", indices: joinNumbers(parts) as Int32Array, dictionary };
  }
  return joinDense(segments.map(denseOf));
}

function denseOf({ page, fromValue, toValue }: Segment): DenseValues {
  const { values, dictionary } = page;
  switch (values.kind) {
    case "numbers":
      return { kind: "numbers", values: values.values.subarray(fromValue, toValue) };
    case "bytes":
      return { ...values, offsets: values.offsets.subarray(fromValue, toValue + 1) };
    case "fixed": {
      const { width, bytes } = values;
      return { kind: "fixed", width, bytes: bytes.subarray(fromValue * width, toValue * width) };
    }
    case "indices":
      return pick(dictionary!, values.indices.subarray(fromValue, toValue));
  }
}

/** Values of a dictionary, one for each index. */
export function pick(dictionary: DenseValues, indices: Int32Array): DenseValues {
  const count = indices.length;
  switch (dictionary.kind) {
    case "numbers": {
      const from = dictionary.values;
      const values = new (from.constructor as new (length: number) => Numbers)(count);
      for (let at = 0; at < count; at += 1) values[at] = from[indices[at]!]! as never;
      return { kind: "numbers", values };
    }
    case "fixed": {
      const { width, bytes } = dictionary;
      const own = new Uint8Array(count * width);
      for (let at = 0; at < count; at += 1) {
        const index = indices[at]!;
        own.set(bytes.subarray(index * width, (index + 1) * width), at * width);
      }
      return { kind: "fixed", width, bytes: own };
    }
    case "bytes": {
      const { offsets, bytes } = dictionary;
      const own = new Int32Array(count + 1);
      for (let at = 0; at < count; at += 1) {
        const index = indices[at]!;
        own[at + 1] = own[at]! + offsets[index + 1]! - offsets[index]!;
      }
      const all = new Uint8Array(own[count]!);
      for (let at = 0; at < count; at += 1) {
        const index = indices[at]!;
        all.set(bytes.subarray(offsets[index]!, offsets[index + 1]!), own[at]!);
      }
      return { kind: "bytes", offsets: own, bytes: all };
    }
  }
}

function joinDense(parts: readonly DenseValues[]): DenseValues {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? noValues;
  if (first.kind === "numbers") {
    return { kind: "numbers", values: joinNumbers(parts.map((part) => (part as typeof first).values)) };
  }
  if (first.kind === "fixed") {
    const bytes = joinNumbers(parts.map((part) => (part as typeof first).bytes)) as Uint8Array;
    return { kind: "fixed", width: first.width, bytes };
  }
  const texts = parts as readonly (typeof first)[];
  const offsets = new Int32Array(1 + texts.reduce((total, text) => total + text.offsets.length - 1, 0));
  let at = 0;
  for (const text of texts) {
    const shift = offsets[at]! - text.offsets[0]!;
    for (let index = 1; index < text.offsets.length; index += 1)
      offsets[at + index] = text.offsets[index]! + shift;
    at += text.offsets.length - 1;
  }
  const bytes = joinNumbers(texts.map((text) => text.bytes.subarray(text.offsets[0]!, text.offsets.at(-1)!)));
  return { kind: "bytes", offsets, bytes: bytes as Uint8Array };
}

function joinNumbers(parts: readonly Numbers[]): Numbers {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new (first!.constructor as new (length: number) => Numbers)(total);
  let at = 0;
  for (const part of parts) {
    joined.set(part as never, at);
    at += part.length;
  }
  return joined;
}

const noValues: DenseValues = { kind: "numbers", values: new Uint8Array(0) };
