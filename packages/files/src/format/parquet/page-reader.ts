import { crc32 } from "node:zlib";
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { FilesError } from "../../errors.ts";
import type { FileReader } from "../../input/file-reader.ts";
import { bitsOf, readRuns } from "./level-runs.ts";
import { unpackPage } from "./page-bytes.ts";
import { type DenseValues, type PageValues, readPlain, readValues } from "./page-values.ts";
import type { LeafColumn } from "./parquet-schema.ts";

/** Where a column of a row group lies. */
export interface ColumnChunk {
  /** The row group's number, from 0. */
  readonly group: number;
  readonly leaf: LeafColumn;
  readonly codec: string;
  readonly start: number;
  readonly end: number;
  /** Values, NULLs included. */
  readonly count: number;
}

/** A page of a column, unpacked. */
export interface DataPage {
  /** Values, NULLs included. */
  readonly count: number;
  /** Absent where all are the largest there is. */
  readonly definition: Uint8Array | undefined;
  readonly repetition: Uint8Array | undefined;
  readonly values: PageValues;
  /** What indices point into. */
  readonly dictionary: DenseValues | undefined;
}

/** Reads the pages of a column of a row group, one at a time. */
export class PageReader {
  readonly #file: FileReader;
  readonly #chunk: ColumnChunk;
  #at: number;
  #left: number;
  #dictionary: DenseValues | undefined;
  /** Bytes of the file from `#windowStart` on. */
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;

  constructor(file: FileReader, chunk: ColumnChunk) {
    this.#file = file;
    this.#chunk = chunk;
    this.#at = chunk.start;
    this.#left = chunk.count;
  }

  /** The next page with values, or `undefined` behind the last. @throws FilesError `malformed` saying where */
  next(): DataPage | undefined {
    while (this.#left > 0) {
      const start = this.#at;
      try {
        const page = this.#readPage();
        if (page === undefined) continue;
        this.#left -= page.count;
        return page;
      } catch (cause) {
        throw this.fault(`the page at byte ${start} is damaged: ${(cause as Error).message}`, start, cause);
      }
    }
    return undefined;
  }

  fault(what: string, byteOffset: number = this.#at, cause?: unknown): FilesError {
    const { group, leaf } = this.#chunk;
    const { name } = this.#file;
    const place = `row group ${group + 1}, column ${leaf.path.join(".")}`;
    return new FilesError("malformed", `${name}: ${place}: ${what}.`, {
      position: { file: name, byteOffset },
      cause,
    });
  }

  #readPage(): DataPage | undefined {
    const header = this.#readHeader();
    const { field_1: kind, field_2: unpacked, field_3: packed, field_4: checksum } = header;
    if (!(packed >= 0) || packed > this.#chunk.end - this.#at) throw new Error("it ends behind its column");
    const bytes = this.#bytes(packed);
    this.#at += packed;
    if (typeof checksum === "number" && crc32(bytes) !== checksum >>> 0) {
      throw new Error("its checksum is another one");
    }
    if (kind === 2) this.#takeDictionary(unpackPage(bytes, this.#chunk.codec, unpacked), header.field_7);
    if (kind === 0) return this.#pageOf(unpackPage(bytes, this.#chunk.codec, unpacked), header.field_5);
    if (kind === 3) return this.#secondPageOf(bytes, unpacked, header.field_8);
    return undefined;
  }

  #takeDictionary(bytes: Uint8Array, header: Fields | undefined): void {
    const count = header?.["field_1"];
    if (typeof count !== "number" || count < 0) throw new Error("it says nothing about itself");
    this.#dictionary = readPlain(bytes, this.#chunk.leaf, count);
  }

  /** A page whose levels are packed with the values. */
  #pageOf(bytes: Uint8Array, header: Fields | undefined): DataPage {
    const count = this.#countOf(header);
    const { leaf } = this.#chunk;
    let at = 0;
    const levels = (largest: number, coding: unknown): Uint8Array | undefined => {
      if (largest === 0) return undefined;
      if (coding === bitPacked) throw new Error("levels in the encoding BIT_PACKED, which is not read");
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, 4);
      const end = at + 4 + view.getUint32(0, true);
      if (end > bytes.length) throw new Error("levels that are cut off");
      const output = new Uint8Array(count);
      readRuns(bytes, at + 4, end, bitsOf(largest), output);
      at = end;
      return output;
    };
    const repetition = levels(leaf.maxRepetition, header!["field_4"]);
    const definition = levels(leaf.maxDefinition, header!["field_3"]);
    return this.#finish(bytes.subarray(at), count, repetition, definition, header!["field_2"] as number);
  }

  /** A page whose levels lie unpacked before the values. */
  #secondPageOf(bytes: Uint8Array, unpackedBytes: number, header: Fields | undefined): DataPage {
    const count = this.#countOf(header);
    const { leaf, codec } = this.#chunk;
    const {
      field_4: encoding,
      field_5: definitionBytes,
      field_6: repetitionBytes,
      field_7: packed,
    } = header as {
      [name: string]: number;
    } & { field_7?: boolean };
    const levelBytes = definitionBytes! + repetitionBytes!;
    if (!(levelBytes <= bytes.length)) throw new Error("levels that are cut off");
    const levels = (largest: number, start: number, end: number): Uint8Array | undefined => {
      if (largest === 0) return undefined;
      const output = new Uint8Array(count);
      readRuns(bytes, start, end, bitsOf(largest), output);
      return output;
    };
    const repetition = levels(leaf.maxRepetition, 0, repetitionBytes!);
    const definition = levels(leaf.maxDefinition, repetitionBytes!, levelBytes);
    const rest = bytes.subarray(levelBytes);
    const values = (packed as unknown) === false ? rest : unpackPage(rest, codec, unpackedBytes - levelBytes);
    return this.#finish(values, count, repetition, definition, encoding!);
  }

  #finish(
    bytes: Uint8Array,
    count: number,
    repetition: Uint8Array | undefined,
    definition: Uint8Array | undefined,
    encoding: number,
  ): DataPage {
    const { leaf } = this.#chunk;
    const there = definition === undefined ? count : countLevel(definition, leaf.maxDefinition);
    const values = readValues(bytes, leaf, { encoding, count: there });
    if (values.kind === "indices") this.#checkIndices(values.indices);
    const isFull = there === count && leaf.maxRepetition === 0;
    return {
      count,
      definition: isFull ? undefined : definition,
      repetition,
      values,
      dictionary: this.#dictionary,
    };
  }

  #checkIndices(indices: Int32Array): void {
    const size = this.#dictionary === undefined ? 0 : lengthOf(this.#dictionary);
    for (const index of indices) {
      if (index < 0 || index >= size)
        throw new Error(`it points at entry ${index} of a dictionary of ${size}`);
    }
  }

  #countOf(header: Fields | undefined): number {
    const count = header?.["field_1"];
    if (typeof count === "number" && count >= 0 && count <= this.#left) return count;
    throw new Error(`it promises ${String(count)} values where ${this.#left} are left`);
  }

  #readHeader(): Header {
    for (let bytes = usualHeader; ; bytes *= 16) {
      const room = Math.min(bytes, this.#chunk.end - this.#at);
      const window = this.#bytes(room);
      const reader = { view: new DataView(window.buffer, window.byteOffset, window.byteLength), offset: 0 };
      try {
        const header = deserializeTCompactProtocol(reader) as unknown as Header;
        this.#at += reader.offset;
        return header;
      } catch (error) {
        // Statistics may make a header long.
        if (room < bytes || bytes > largestHeader) throw error;
      }
    }
  }

  /** The next bytes, read together with some that follow. */
  #bytes(count: number): Uint8Array {
    const start = this.#at - this.#windowStart;
    if (start >= 0 && start + count <= this.#window.length)
      return this.#window.subarray(start, start + count);
    const wanted = Math.min(Math.max(count, windowBytes), this.#chunk.end - this.#at);
    this.#window = this.#file.readNow(this.#at, this.#at + wanted);
    this.#windowStart = this.#at;
    if (this.#window.length < count) throw new Error("the file ends in it");
    return this.#window.subarray(0, count);
  }
}

export function lengthOf(values: DenseValues): number {
  if (values.kind === "numbers") return values.values.length;
  if (values.kind === "bytes") return values.offsets.length - 1;
  return values.width === 0 ? 0 : values.bytes.length / values.width;
}

export function countLevel(levels: Uint8Array, level: number): number {
  let count = 0;
  for (let at = 0; at < levels.length; at += 1) if (levels[at] === level) count += 1;
  return count;
}

type Fields = Readonly<Record<string, unknown>>;

/** A page's header, its fields by their numbers. */
interface Header {
  readonly field_1: number;
  readonly field_2: number;
  readonly field_3: number;
  readonly field_4?: number;
  readonly field_5?: Fields;
  readonly field_7?: Fields;
  readonly field_8?: Fields;
}

const bitPacked = 4;
const usualHeader = 4096;
const largestHeader = 16 * 1024 * 1024;
const windowBytes = 256 * 1024;
