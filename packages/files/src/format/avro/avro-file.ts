import { crc32, inflateRawSync, zstdDecompressSync } from "node:zlib";
import type { ArrowBatchLike, ArrowFieldLike } from "@maxcompute-tunnel/codec/arrow";
import { snappyUncompress } from "hyparquet/src/snappy.js";
import { FilesError, isFilesError } from "../../errors.ts";
import { batchRows, type ReadCount, type RowInput } from "../rows/row-input.ts";
import { AvroBytes } from "./avro-bytes.ts";
import { avroColumn } from "./avro-columns.ts";
import { AvroCursor } from "./avro-cursor.ts";
import { readAvroSchema } from "./avro-schema.ts";
import type { RecordColumn } from "./nested-columns.ts";

/** An Avro container file, read from its beginning to its end, a block at a time. */
export class AvroFile implements RowInput {
  readonly fields: readonly ArrowFieldLike[];
  readonly #name: string;
  readonly #queue: AvroBytes;
  readonly #count: ReadCount;
  readonly #header: Header;

  private constructor(name: string, queue: AvroBytes, count: ReadCount, header: Header) {
    this.fields = header.column.type.children ?? [];
    this.#name = name;
    this.#queue = queue;
    this.#count = count;
    this.#header = header;
  }

  /**
   * @param bytes the input, unpacked
   * @param count bytes read for it before unpacking, which others add to
   * @throws FilesError `malformed`
   */
  static async open(
    name: string,
    bytes: AsyncGenerator<Uint8Array>,
    count: ReadCount = { bytes: 0 },
  ): Promise<AvroFile> {
    const queue = new AvroBytes(bytes);
    try {
      return new AvroFile(name, queue, count, await readHeader(queue));
    } catch (cause) {
      await queue.close();
      throw isFilesError(cause) ? cause : damaged(name, "the header", queue.offset, cause);
    }
  }

  async *batches(from: number): AsyncGenerator<ArrowBatchLike, void, undefined> {
    const { column } = this.#header;
    const schema = { fields: this.fields };
    let toSkip = from;
    let held = 0;
    for (let number = 1; ; number += 1) {
      const start = this.#queue.offset;
      const block = await this.#block(number);
      if (block === undefined) break;
      const cursor = new AvroCursor(block.bytes);
      for (let record = 0; record < block.records; record += 1) {
        try {
          column.read(cursor);
        } catch (cause) {
          throw damaged(this.#name, `record ${record + 1} of block ${number}`, start, cause);
        }
        held += 1;
        const isSkipped = toSkip > 0;
        if (held < (isSkipped ? Math.min(toSkip, batchRows) : batchRows)) continue;
        const { length, children } = column.finish();
        held = 0;
        if (isSkipped) toSkip -= length;
        else yield { numRows: length, schema, data: { children } };
      }
      if (cursor.left > 0) {
        throw damaged(this.#name, `block ${number}`, start, new Error("bytes are left behind its records"));
      }
    }
    const { length, children } = column.finish();
    if (length > 0 && toSkip === 0) yield { numRows: length, schema, data: { children } };
  }

  takeReadBytes(): number {
    const { bytes } = this.#count;
    this.#count.bytes = 0;
    return bytes;
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  async #block(
    number: number,
  ): Promise<{ readonly records: number; readonly bytes: Uint8Array } | undefined> {
    const queue = this.#queue;
    const start = queue.offset;
    try {
      const head = await queue.peek(20);
      if (head.length === 0) return undefined;
      const cursor = new AvroCursor(head);
      const records = cursor.count();
      const size = cursor.count();
      if (records < 0 || size < 0 || size > largestBlock)
        throw new Error(`${records} records in ${size} bytes`);
      await queue.take(cursor.at);
      const packed = await queue.take(size);
      const mark = await queue.take(16);
      if (!mark.every((byte, at) => byte === this.#header.mark[at])) {
        throw new Error("the mark behind it is not the file's");
      }
      return { records, bytes: unpackBlock(packed, this.#header.codec) };
    } catch (cause) {
      throw isFilesError(cause) ? cause : damaged(this.#name, `block ${number}`, start, cause);
    }
  }
}

interface Header {
  readonly column: RecordColumn;
  readonly codec: string;
  readonly mark: Uint8Array;
}

async function readHeader(queue: AvroBytes): Promise<Header> {
  const magic = await queue.take(4);
  if (new TextDecoder().decode(magic) !== "Obj\u0001") throw new Error("this is no Avro file");
  for (let length = 64 * 1024; ; length *= 4) {
    const bytes = await queue.peek(length);
    const cursor = new AvroCursor(bytes);
    try {
      const entries = new Map<string, Uint8Array>();
      for (let count = cursor.count(); count !== 0; count = cursor.count()) {
        if (count < 0) cursor.long();
        for (let entry = 0; entry < Math.abs(count); entry += 1) {
          const key = new TextDecoder().decode(cursor.take(cursor.count()));
          entries.set(key, cursor.take(cursor.count()));
        }
      }
      const mark = new Uint8Array(cursor.take(16));
      const text = (key: string): string | undefined => {
        const value = entries.get(key);
        return value && new TextDecoder("utf-8", { fatal: true }).decode(value);
      };
      const column = avroColumn(readAvroSchema(text("avro.schema") ?? "null")) as RecordColumn;
      const codec = text("avro.codec") ?? "null";
      if (!codecs.has(codec)) throw new Error(`the compression ${codec} is not read`);
      await queue.take(cursor.at);
      return { column, codec, mark };
    } catch (error) {
      if (!(error instanceof RangeError) || bytes.length < length) throw error;
    }
  }
}

function unpackBlock(bytes: Uint8Array, codec: string): Uint8Array {
  const limit = { maxOutputLength: largestBlock };
  switch (codec) {
    case "deflate":
      return inflateRawSync(bytes, limit);
    case "zstandard":
      return zstdDecompressSync(bytes, limit);
    case "snappy":
      return unpackSnappy(bytes);
    default:
      return bytes;
  }
}

/** Snappy, and behind it the checksum of what it becomes. */
function unpackSnappy(bytes: Uint8Array): Uint8Array {
  const packed = bytes.subarray(0, -4);
  let size = 0;
  for (let at = 0, factor = 1; at < 5; at += 1, factor *= 128) {
    const byte = packed[at] ?? 0;
    size += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  if (size > largestBlock) throw new Error(`a block of ${size} bytes`);
  const output = new Uint8Array(size);
  snappyUncompress(packed, output);
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + packed.length, 4).getUint32(0);
  if (crc32(output) !== checksum) throw new Error("its checksum is another one");
  return output;
}

function damaged(name: string, what: string, byteOffset: number, cause: unknown): FilesError {
  const message = `${name}: ${what} (at byte ${byteOffset}) is damaged: ${(cause as Error).message}.`;
  return new FilesError("malformed", message, { position: { file: name, byteOffset }, cause });
}

const codecs: ReadonlySet<string> = new Set(["null", "deflate", "snappy", "zstandard"]);
const largestBlock = 1024 * 1024 * 1024;
