import type { ArrowBatchLike, ArrowFieldLike } from "@maxcompute-tunnel/codec/arrow";
import { FilesError, isFilesError } from "../../errors.ts";
import type { ReadCount, RowInput } from "../rows/row-input.ts";
import { loadArrow } from "./load-arrow.ts";

type Reader = Awaited<ReturnType<typeof openReader>>;

/**
 * Arrow's format, read from its beginning to its end, in both its kinds: a file is a stream with a mark before it and a
 * table of contents behind it.
 */
export class ArrowStream implements RowInput {
  readonly fields: readonly ArrowFieldLike[];
  readonly #name: string;
  readonly #reader: Reader;
  readonly #bytes: AsyncGenerator<Uint8Array>;
  readonly #count: ReadCount;

  private constructor(name: string, reader: Reader, bytes: AsyncGenerator<Uint8Array>, count: ReadCount) {
    this.fields = reader.schema.fields as readonly ArrowFieldLike[];
    this.#name = name;
    this.#reader = reader;
    this.#bytes = bytes;
    this.#count = count;
  }

  /**
   * @param bytes the input, unpacked
   * @param count bytes read for it before unpacking, which others add to
   * @throws FilesError `malformed`; `missing-package` without `apache-arrow`
   */
  static async open(
    name: string,
    bytes: AsyncGenerator<Uint8Array>,
    count: ReadCount = { bytes: 0 },
  ): Promise<ArrowStream> {
    const { RecordBatchReader } = await loadArrow(name);
    try {
      return new ArrowStream(name, await openReader(RecordBatchReader, afterMark(bytes)), bytes, count);
    } catch (cause) {
      await bytes.return(undefined);
      throw isFilesError(cause) ? cause : damaged(name, "the schema", cause);
    }
  }

  async *batches(from: number): AsyncGenerator<ArrowBatchLike, void, undefined> {
    let toSkip = from;
    for (let number = 1; ; number += 1) {
      const next = await this.#reader.next().catch((cause: unknown) => {
        throw isFilesError(cause) ? cause : damaged(this.#name, `record batch ${number}`, cause);
      });
      if (next.done === true) return;
      const { numRows } = next.value;
      const skipped = Math.min(toSkip, numRows);
      toSkip -= skipped;
      const batch = skipped === 0 ? next.value : next.value.slice(skipped);
      if (batch.numRows > 0) yield batch as ArrowBatchLike;
    }
  }

  takeReadBytes(): number {
    const { bytes } = this.#count;
    this.#count.bytes = 0;
    return bytes;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
    await this.#bytes.return(undefined);
  }
}

async function openReader(
  { from }: typeof import("apache-arrow").RecordBatchReader,
  bytes: AsyncIterable<Uint8Array>,
) {
  const reader = await from(bytes as AsyncIterable<Uint8Array<ArrayBuffer>>);
  await reader.open({ autoDestroy: false });
  return reader;
}

/** Leaves out the mark that a file begins with. */
async function* afterMark(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < fileMark.length + 2) continue;
    const isFile = new TextDecoder().decode(head.subarray(0, fileMark.length)) === fileMark;
    yield head.subarray(isFile ? fileMark.length + 2 : 0);
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

function damaged(name: string, what: string, cause: unknown): FilesError {
  const message = `${name}: ${what} is damaged or cut off (${(cause as Error).message}).`;
  return new FilesError("malformed", message, { position: { file: name }, cause });
}

const fileMark = "ARROW1";
