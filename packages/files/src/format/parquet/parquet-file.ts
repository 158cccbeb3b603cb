import type { ArrowBatchLike, ArrowDataLike, ArrowFieldLike } from "@maxcompute-tunnel/codec/arrow";
import { parquetMetadata } from "hyparquet/src/metadata.js";
import { FilesError, isFilesError } from "../../errors.ts";
import { FileReader } from "../../input/file-reader.ts";
import type { FoundInput } from "../../input/found-input.ts";
import { batchRows, type RowInput } from "../rows/row-input.ts";
import { assembleField } from "./assemble.ts";
import { LeafCursor, type LeafRows } from "./leaf-rows.ts";
import { type ColumnChunk, PageReader } from "./page-reader.ts";
import { type ParquetSchema, readSchema } from "./parquet-schema.ts";

/** A row group of a file. */
interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly ColumnChunk[];
  /** Bytes of its values, not packed. */
  readonly bytes: number;
}

/** A Parquet file, opened: a row group is read page by page, all columns side by side. */
export class ParquetFile implements RowInput {
  readonly fields: readonly ArrowFieldLike[];
  readonly rows: number;
  /** Where row groups end. */
  readonly groupEnds: readonly number[];
  readonly #reader: FileReader;
  readonly #schema: ParquetSchema;
  readonly #groups: readonly RowGroup[];
  #wanted: ReadonlySet<number> | undefined;
  #readBytes = 0;

  private constructor(reader: FileReader, schema: ParquetSchema, groups: readonly RowGroup[]) {
    this.#reader = reader;
    this.#schema = schema;
    this.#groups = groups;
    this.fields = schema.fields;
    let end = 0;
    this.groupEnds = groups.map(({ rows }) => {
      end += rows;
      return end;
    });
    this.rows = end;
  }

  /** @throws FilesError `malformed`, `file-changed` */
  static async open({ name, path, file }: FoundInput): Promise<ParquetFile> {
    const reader = await FileReader.open(name, path, file!);
    try {
      const metadata = parquetMetadata(readFooter(reader), { geoparquet: false });
      const schema = readSchema(metadata.schema);
      const groups = metadata.row_groups.map((group, index) => rowGroupOf(group, index, schema, reader.size));
      return new ParquetFile(reader, schema, groups);
    } catch (cause) {
      await reader.close();
      if (isFilesError(cause)) throw cause;
      throw malformed(name, `the footer is damaged: ${(cause as Error).message}`, reader.size, cause);
    }
  }

  /** Says which fields are to be read, by their indices; the others have no values in batches. */
  only(fields: readonly number[]): this {
    this.#wanted = new Set(fields);
    return this;
  }

  async *batches(from: number): AsyncGenerator<ArrowBatchLike, void, undefined> {
    let start = 0;
    for (const group of this.#groups) {
      const end = start + group.rows;
      if (end > from) yield* this.#readGroup(group, start, Math.max(0, from - start));
      start = end;
    }
    await this.#reader.checkUnchanged();
  }

  takeReadBytes(): number {
    const bytes = this.#readBytes;
    this.#readBytes = 0;
    return bytes;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async *#readGroup(group: RowGroup, start: number, skipped: number): AsyncGenerator<ArrowBatchLike> {
    const cursors = this.#cursorsOf(group);
    // Wide rows come in smaller batches.
    const step = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / (group.bytes / group.rows + 1))));
    let schema: ArrowBatchLike["schema"] | undefined;
    for (let row = 0; row < group.rows; ) {
      const isSkipped = row < skipped;
      const count = Math.min(step, (isSkipped ? skipped : group.rows) - row);
      const rows = new Map([...cursors].map(([leaf, cursor]) => [leaf, cursor.take(count)] as const));
      row += count;
      if (isSkipped) continue;
      const children = this.#assemble(rows, count, group);
      const types = children.map(({ type }) => type);
      const isSame = schema?.fields.every(({ type }, at) => sameType(type, types[at]!));
      if (isSame !== true) {
        schema = { fields: this.fields.map(({ name }, at) => ({ name, type: types[at]! })) };
      }
      this.#count(start + row - count, start + row);
      yield { numRows: count, schema: schema!, data: { children } };
    }
  }

  #cursorsOf({ chunks }: RowGroup): ReadonlyMap<number, LeafCursor> {
    const cursors = new Map<number, LeafCursor>();
    for (const [field, { firstLeaf, endLeaf }] of this.#schema.nodes.entries()) {
      if (this.#wanted?.has(field) === false) continue;
      for (let leaf = firstLeaf; leaf < endLeaf; leaf += 1) {
        const pages = new PageReader(this.#reader, chunks[leaf]!);
        cursors.set(leaf, new LeafCursor(pages, this.#schema.leaves[leaf]!));
      }
    }
    return cursors;
  }

  #assemble(
    rows: ReadonlyMap<number, LeafRows>,
    count: number,
    { chunks }: RowGroup,
  ): readonly ArrowDataLike[] {
    return this.#schema.nodes.map((node, field) => {
      if (this.#wanted?.has(field) === false) return unread;
      try {
        const data = assembleField(node, this.#schema.leaves, rows);
        if (data.length !== count) throw new Error(`it has ${data.length} values where ${count} are to be`);
        return data;
      } catch (cause) {
        const { group } = chunks[node.firstLeaf]!;
        const { name } = this.#reader;
        const place = `row group ${group + 1}, column ${this.fields[field]!.name}`;
        throw malformed(name, `${place}: ${(cause as Error).message}`, chunks[node.firstLeaf]!.start, cause);
      }
    });
  }

  /** The file's bytes are counted with its rows, so that all of them are counted at the end. */
  #count(from: number, to: number): void {
    const upTo = (row: number): number => Math.floor((this.#reader.size * row) / this.rows);
    this.#readBytes += upTo(to) - upTo(from);
  }
}

function readFooter(reader: FileReader): Uint8Array {
  const { name, size } = reader;
  const [head, tail] = [reader.readNow(0, 4), reader.readNow(Math.max(0, size - 8), size)];
  const mark = new TextDecoder().decode(tail.subarray(-4));
  if (mark === "PARE") throw malformed(name, "the file is encrypted, which is not read", size - 4);
  if (size < 12 || mark !== "PAR1") {
    const isParquet = new TextDecoder().decode(head) === "PAR1";
    const what = isParquet ? "the file is cut off: its footer is missing" : "this is no Parquet file";
    throw malformed(name, what, Math.max(0, size - 4));
  }
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (length > size - 12) throw malformed(name, "the footer is longer than the file", size - 8);
  return reader.readNow(size - 8 - length, size);
}

type Metadata = ReturnType<typeof parquetMetadata>;

function rowGroupOf(
  group: Metadata["row_groups"][number],
  index: number,
  { leaves }: ParquetSchema,
  size: number,
): RowGroup {
  const rows = Number(group.num_rows);
  if (group.columns.length !== leaves.length || !(rows >= 0)) {
    throw new Error(`row group ${index + 1} has other columns than the schema`);
  }
  const chunks = group.columns.map(({ meta_data: meta, file_path: path }, at): ColumnChunk => {
    const leaf = leaves[at]!;
    const place = `row group ${index + 1}, column ${leaf.path.join(".")}`;
    if (meta === undefined) throw new Error(`${place} is encrypted, which is not read`);
    if (path !== undefined) throw new Error(`${place} lies in another file, which is not read`);
    const data = Number(meta.data_page_offset);
    // Some writers say 0 where there is no dictionary.
    const dictionary = Number(meta.dictionary_page_offset ?? 0n);
    const start = dictionary > 0 ? Math.min(dictionary, data) : data;
    const end = start + Number(meta.total_compressed_size);
    if (!(start >= 4 && end >= start && end <= size - 8))
      throw new Error(`${place} lies outside of the file`);
    const count = Number(meta.num_values);
    if (leaf.maxRepetition === 0 && count !== rows)
      throw new Error(`${place} has ${count} values in ${rows} rows`);
    return { group: index, leaf, codec: meta.codec, start, end, count };
  });
  const bytes = group.columns.reduce((total, { meta_data: meta }) => {
    return total + Number(meta?.total_uncompressed_size ?? 0n);
  }, 0);
  return { rows, chunks, bytes };
}

/** Whether two types that were made for the same field are the same: they differ in dictionaries and units alone. */
function sameType(one: ArrowDataLike["type"], other: ArrowDataLike["type"]): boolean {
  if (one === other) return true;
  if (one.typeId !== other.typeId || one.unit !== other.unit) return false;
  if (one.dictionary !== undefined) return sameType(one.dictionary, other.dictionary!);
  const fields = one.children ?? [];
  return fields.every(({ type }, at) => sameType(type, other.children![at]!.type));
}

function malformed(name: string, what: string, byteOffset: number, cause?: unknown): FilesError {
  return new FilesError("malformed", `${name}: ${what}.`, { position: { file: name, byteOffset }, cause });
}

const unread: ArrowDataLike = { type: { typeId: 1 }, length: 0, offset: 0, nullCount: 0, children: [] };

/** Values that are worked on at a time, unpacked. */
const batchBytes = 16 * 1024 * 1024;
