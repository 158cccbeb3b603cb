import type { ColumnSpec } from "@maxcompute-tunnel/codec";
import {
  type ArrowBatchLike,
  ArrowPack,
  type CodecError,
  isCodecError,
} from "@maxcompute-tunnel/codec/arrow";
import type { TextPattern } from "@maxcompute-tunnel/codec/text";
import { openBlockBytes } from "../block-bytes.ts";
import type { EncodeContext, EncodedBlock, EncodedReject, EncodeTask } from "../format.ts";
import { schemaFault } from "./column-mapping.ts";
import { rowText, textAt } from "./row-text.ts";
import { rowsNotText } from "./text-check.ts";

/** Makes blocks of rows that come in batches: encodes them, and notes what was left out. */
export class RowBlocks {
  readonly #file: string;
  readonly #columns: ReadonlyMap<string, ColumnSpec>;
  readonly #context: EncodeContext;
  readonly #patterns: readonly (TextPattern & { readonly regExp: RegExp })[];
  readonly #pack: ArrowPack;
  #rejects: EncodedReject[] = [];
  #rejectsLeft: number;
  #encodeMs = 0;
  #body: ReturnType<typeof openBlockBytes>;

  constructor(
    { input, columns, maxFieldBytes, rejectLimit }: EncodeTask,
    context: EncodeContext,
    patterns: readonly TextPattern[],
  ) {
    this.#file = input.name;
    this.#patterns = patterns.map((pattern) => ({ ...pattern, regExp: new RegExp(pattern.pattern, "u") }));
    this.#columns = new Map(columns.map((column) => [column.name, column]));
    this.#context = context;
    this.#pack = new ArrowPack(columns, { maxFieldBytes });
    this.#rejectsLeft = rejectLimit;
    this.#body = openBlockBytes(context);
  }

  /** Whether more was rejected than the whole load may: nothing more is taken. */
  get gaveUp(): boolean {
    return this.#rejectsLeft < 0;
  }

  get encodedBytes(): number {
    return this.#pack.byteLength;
  }

  /**
   * Takes rows of a batch, from `from` to before `to`.
   *
   * @param record number of row `from` among the rows of the block
   */
  append(batch: ArrowBatchLike, from: number, to: number, record: number): Promise<void> | undefined {
    const began = performance.now();
    const offset = record - from;
    // Behind a row that is left out there are often more, and every run begins with a look at all of its rows.
    let step = to - from;
    for (let row = from; row < to && !this.gaveUp; ) {
      const bad = this.#badTexts(batch).find(({ row: at }) => at >= row);
      const stop = Math.min(to, row + step, bad?.row ?? to);
      const reached = this.#appendUpTo(batch, row, stop, offset);
      row = reached;
      if (reached < stop) {
        row += 1;
        step = fewRows;
      } else if (reached === bad?.row && reached < to) {
        this.#note(batch, row, offset, bad);
        row += 1;
        step = fewRows;
      } else {
        step *= 4;
      }
    }
    this.#encodeMs += performance.now() - began;
    return this.#body.add(this.#pack);
  }

  /** Ends the block of the rows from `start` to before `end` of the input. */
  async seal(start: number, end: number, readBytes: number): Promise<EncodedBlock> {
    const rows = this.#pack.recordCount;
    const { chunks, checksum } = this.#pack.seal();
    const body = await this.#body.finish(chunks as readonly Uint8Array<ArrayBuffer>[]);
    const block: EncodedBlock = {
      ...{ start, end, ...body, rows, lines: undefined, checksum, sourceChecksum: checksum, readBytes },
      rejects: this.#rejects,
      encodeMs: this.#encodeMs,
    };
    this.#rejects = [];
    this.#encodeMs = 0;
    this.#body = openBlockBytes(this.#context);
    return block;
  }

  /** Encodes rows that are only compared with what they were: their checksum. */
  drop(): number {
    const { chunks, checksum } = this.#pack.seal();
    for (const { buffer } of chunks as readonly Uint8Array<ArrayBuffer>[]) buffer.transfer(0);
    this.#rejects = [];
    this.#encodeMs = 0;
    this.#body.abort();
    this.#body = openBlockBytes(this.#context);
    return checksum;
  }

  /** Gives up what was begun. */
  abort(): void {
    this.#body.abort();
  }

  /** Encodes rows up to one that cannot be, which it notes; gives that one, or `to`. */
  #appendUpTo(batch: ArrowBatchLike, from: number, to: number, offset: number): number {
    try {
      this.#pack.append(batch, from, to);
      return to;
    } catch (error) {
      if (!isCodecError(error)) throw error;
      if (error.row === undefined) throw schemaFault(this.#file, error);
      const { code, column, path } = error;
      const place = path === undefined || path === column ? "" : ` (at ${path})`;
      const reason = `${error.expected ?? "a row"}${place}`;
      this.#note(batch, error.row, offset, { column, code, reason, value: shownValue(error) });
      return error.row;
    }
  }

  #note(
    batch: ArrowBatchLike,
    row: number,
    offset: number,
    { column, code, reason, value }: Pick<EncodedReject, "column" | "code" | "reason" | "value">,
  ): void {
    this.#rejectsLeft -= 1;
    if (this.gaveUp) return;
    const record = row + offset;
    this.#rejects.push({
      ...{ record, line: 0, byteOffset: record, column, code, reason, value },
      raw: rowText(batch, row),
    });
  }

  #checked: { readonly batch: ArrowBatchLike; readonly rows: readonly BadText[] } | undefined;

  /** The rows of a batch with texts that are none or not as they should be, in order; looked for once. */
  #badTexts(batch: ArrowBatchLike): readonly BadText[] {
    if (this.#checked?.batch === batch) return this.#checked.rows;
    const rows = [...this.#notText(batch), ...this.#notMatching(batch)];
    this.#checked = { batch, rows: rows.sort((one, other) => one.row - other.row) };
    return this.#checked.rows;
  }

  #notText(batch: ArrowBatchLike): readonly BadText[] {
    const what = { code: "bad-utf8", reason: "text in UTF-8", value: "other bytes" } as const;
    return batch.schema.fields.flatMap(({ name, type }, at) => {
      const isText = /^(?:string|varchar|char|json)\b/i.test(this.#columns.get(name)?.type ?? "");
      return rowsNotText(batch.data.children[at]!, type, isText).map((row) => ({
        row,
        column: name,
        ...what,
      }));
    });
  }

  #notMatching(batch: ArrowBatchLike): readonly BadText[] {
    return this.#patterns.flatMap(({ column, regExp, expected: reason }) => {
      const at = batch.schema.fields.findIndex(({ name }) => name === column);
      if (at < 0) return [];
      const rows: BadText[] = [];
      for (let row = 0; row < batch.numRows; row += 1) {
        const value = textAt(batch.data.children[at]!, batch.schema.fields[at]!.type, row);
        const text: unknown = value.startsWith('"') ? JSON.parse(value) : null;
        if (typeof text !== "string" || regExp.test(text)) continue;
        rows.push({ row, column, code: "invalid-text", reason, value });
      }
      return rows;
    });
  }
}

const fewRows = 64;

interface BadText extends Pick<EncodedReject, "code" | "reason" | "value"> {
  readonly row: number;
  readonly column: string;
}

function shownValue({ value }: CodecError): string {
  const text = typeof value === "string" ? value : String(value ?? "no value");
  return /^-?\d+n$/.test(text) ? text.slice(0, -1) : text;
}
