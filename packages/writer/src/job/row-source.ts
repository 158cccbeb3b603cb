import { type ColumnSpec, RecordPack, type RowInput } from "@maxcompute-tunnel/codec";
import { systemClock, type WriterClock } from "../clock.ts";
import { atLeastOne } from "../errors.ts";
import { untilAborted } from "../until-aborted.ts";
import type { BlockRequest, BlockSource, ProducedBlock, SourceRange, StoredRange } from "./block-source.ts";
import { rangeChanged } from "./job-failures.ts";

/** How rows become blocks. */
export interface RowSourceOptions {
  /** What the rows are called in the journal and in messages. @default "rows" */
  readonly name?: string;
  /** How many rows there are, so that a source with another number is recognised at once. @default not known */
  readonly size?: number;
  /** A text that differs when the rows do, such as the version of what they come from. @default not known */
  readonly digest?: string;
  /** Seal a block at this many encoded bytes. @default 16 MiB */
  readonly blockBytes?: number;
  /** Seal a block at this many rows. @default no limit */
  readonly maxRows?: number;
  /** What to do with a property of a row that is no column. @default "error" */
  readonly unknownProperties?: "error" | "ignore";
  /** Time, for giving the event loop its turns. @default the machine's */
  readonly clock?: WriterClock;
}

/**
 * Makes blocks of rows. `rows` is called for each session that is tried and must give the same rows in the same order
 * every time: stored ones are encoded again and compared, unless the upload compares fingerprints only.
 *
 * @throws WriterError `invalid-option`; `source-changed` when rows that were stored are not what they were; CodecError
 *   for a row that cannot be encoded
 */
export function rowSource<Row extends object = RowInput>(
  rows: () => Iterable<Row> | AsyncIterable<Row>,
  options: RowSourceOptions = {},
): BlockSource {
  const { name = "rows", size, digest } = options;
  const blockBytes = atLeastOne("blockBytes", options.blockBytes ?? 16 * 1024 * 1024);
  const source: BlockSource = {
    fingerprint: [
      { name, ...(size === undefined ? {} : { size }), ...(digest === undefined ? {} : { digest }) },
    ],
    blockBytes,
    blocks: (request) => {
      const { columns, maxFieldBytes } = request;
      const { unknownProperties, clock = systemClock } = options;
      const pack = packOf<Row>(columns, {
        maxFieldBytes,
        chunkBytes: chunkBytesFor(blockBytes),
        unknownProperties,
      });
      const maxRows = atLeastOne("maxRows", options.maxRows ?? Number.POSITIVE_INFINITY);
      return blocksOf(
        rows,
        new RowCutter(source, pack, { blockBytes, maxRows }, request),
        clock,
        request.signal,
      );
    },
  };
  return source;
}

async function* blocksOf<Row>(
  open: () => Iterable<Row> | AsyncIterable<Row>,
  cutter: RowCutter<Row>,
  clock: WriterClock,
  signal: AbortSignal,
): AsyncGenerator<ProducedBlock, void, undefined> {
  let turnStarted = clock.now();
  const turn = async (): Promise<void> => {
    if (clock.now() - turnStarted < turnMs) return;
    await new Promise<void>((resolve) => clock.startTimer(resolve, 0));
    turnStarted = clock.now();
  };
  const rows = open();
  if (Symbol.asyncIterator in rows) {
    for await (const row of untilAborted(rows, signal)) {
      const block = cutter.take(row);
      if (block !== undefined) yield block;
      if (cutter.rows % rowsBetweenLooks === 0) await turn();
    }
  } else {
    for (const row of rows) {
      const block = cutter.take(row);
      if (block !== undefined) yield block;
      if (cutter.rows % rowsBetweenLooks === 0) await turn();
    }
  }
  const last = cutter.end();
  if (last !== undefined) yield last;
}

/** Cuts rows into blocks, some of whose ends are given. */
class RowCutter<Row> {
  readonly #source: BlockSource;
  readonly #pack: RecordPack<Row>;
  readonly #limits: { readonly blockBytes: number; readonly maxRows: number };
  readonly #compareStored: boolean;
  /** What is next, or being read, of the parts whose ends are given. */
  readonly #pieces: FixedPiece[];
  #nextPiece = 0;
  /** Rows taken. */
  rows = 0;
  /** The row that the block being built begins with. */
  #start = 0;

  constructor(
    source: BlockSource,
    pack: RecordPack<Row>,
    limits: { readonly blockBytes: number; readonly maxRows: number },
    request: BlockRequest,
  ) {
    this.#source = source;
    this.#pack = pack;
    this.#limits = limits;
    this.#compareStored = request.compareStored;
    this.#pieces = fixedPieces(request);
  }

  /** Takes the next row; gives the block that it completes. */
  take(row: Row): ProducedBlock | undefined {
    const piece = this.#pieces[this.#nextPiece];
    const isInPiece = piece !== undefined && this.rows >= piece.start;
    if (!isInPiece || piece.stored === undefined || this.#compareStored) this.#pack.append(row);
    this.rows += 1;
    if (isInPiece) return this.rows === piece.end ? this.#endPiece(piece) : undefined;
    return this.rows === piece?.start || this.#isFull() ? this.#seal() : undefined;
  }

  /** The block of the last rows. @throws WriterError `source-changed` when rows are missing that were there. */
  end(): ProducedBlock | undefined {
    const piece = this.#pieces[this.#nextPiece];
    if (piece !== undefined) throw rangeChanged(this.#source, rowRange(piece.start, piece.end), "the end");
    return this.rows > this.#start ? this.#seal() : undefined;
  }

  #endPiece({ stored }: FixedPiece): ProducedBlock | undefined {
    this.#nextPiece += 1;
    if (stored === undefined) return this.#seal();
    if (!this.#compareStored) {
      this.#start = this.rows;
      return undefined;
    }
    if (this.#seal().checksum === stored.sourceChecksum) return undefined;
    throw rangeChanged(this.#source, stored, "the checksum");
  }

  #isFull(): boolean {
    const { blockBytes, maxRows } = this.#limits;
    if (this.#pack.recordCount >= maxRows) return true;
    return this.#pack.byteLengthAtMost >= blockBytes && this.#pack.byteLength >= blockBytes;
  }

  #seal(): ProducedBlock {
    const { chunks, byteLength: bytes, recordCount: rows, checksum } = this.#pack.seal();
    const range = rowRange(this.#start, this.rows);
    this.#start = this.rows;
    return { range, chunks, rows, bytes, checksum, sourceChecksum: checksum, rejected: 0 };
  }
}

function rowRange(start: number, end: number): SourceRange {
  return { input: 0, start, end, unit: "rows" };
}

/** A part of the rows whose ends are given: stored, or to be one block again. */
interface FixedPiece {
  readonly start: number;
  readonly end: number;
  readonly stored: StoredRange | undefined;
}

function fixedPieces({ stored, again }: BlockRequest): FixedPiece[] {
  return [
    ...stored.map((range) => ({ start: range.start, end: range.end, stored: range })),
    ...again.map(({ start, end }) => ({ start, end, stored: undefined })),
  ].sort((a, b) => a.start - b.start);
}

const rowsBetweenLooks = 512;
const turnMs = 20;

function chunkBytesFor(blockBytes: number): number {
  return Math.min(Math.max(blockBytes, 4096), 1024 * 1024);
}

function packOf<Row>(
  columns: readonly ColumnSpec[],
  options: {
    readonly maxFieldBytes: number;
    readonly chunkBytes: number;
    readonly unknownProperties: "error" | "ignore" | undefined;
  },
): RecordPack<Row> {
  const { unknownProperties, ...rest } = options;
  return new RecordPack<Row>(columns, {
    ...rest,
    ...(unknownProperties === undefined ? {} : { unknownProperties }),
  });
}
