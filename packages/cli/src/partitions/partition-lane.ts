import { ArrowPack, type ColumnBatch } from "@maxcompute-tunnel/codec/arrow";
import {
  type BlockRequest,
  type BlockSource,
  type InputFingerprint,
  type MemoryBudget,
  type ProducedBlock,
  type StoredRange,
  WriterError,
} from "@maxcompute-tunnel/writer";

/** What the lanes of one load have in common. */
export interface LaneSettings {
  /** What the rows of all lanes come from. */
  readonly fingerprint: InputFingerprint;
  readonly settings: string;
  /** Seal a block at this many encoded bytes, or sooner where memory is short. */
  readonly blockBytes: number;
  /** Memory for the blocks of all lanes. */
  readonly budget: MemoryBudget;
}

/**
 * The rows of one partition on their way into blocks. Rows are put in at one end; the upload of the partition takes
 * blocks out at the other. Its ranges count the rows of the partition, in the order in which they stand in the inputs.
 */
export class PartitionLane {
  readonly partition: string;
  /** For the partition's upload. */
  readonly source: BlockSource;
  /** Rows put in so far. */
  rows = 0;
  /** Blocks that the upload has taken out. */
  taken = 0;
  readonly #settings: LaneSettings;
  readonly #account: ReturnType<MemoryBudget["open"]>;
  readonly #queue: ProducedBlock[] = [];
  readonly #begun = Promise.withResolvers<void>();
  #queuedBytes = 0;
  #heldBytes = 0;
  #work: LaneWork | undefined;
  /** Row that the block being made begins with. */
  #start = 0;
  #isEnded = false;
  #mayEnd: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  constructor(partition: string, settings: LaneSettings) {
    this.partition = partition;
    this.#settings = settings;
    const sealForMemory = (): void => this.#seal();
    const lane = this;
    this.#account = settings.budget.open({
      get sealableBytes() {
        return lane.#piece === undefined ? lane.#heldBytes : 0;
      },
      get departingBytes() {
        return lane.#queuedBytes;
      },
      sealForMemory,
    });
    this.source = {
      fingerprint: [settings.fingerprint],
      settings: settings.settings,
      // Blocks are booked here while they are made.
      blockBytes: 1,
      blocks: (request) => this.#blocks(request),
    };
  }

  /** Settles once the upload asks for blocks; never where it is over before that. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Puts rows in. Where the upload asks for none, they are only counted. */
  put(batch: ColumnBatch, from: number, to: number): void {
    for (let row = from; row < to; ) {
      const piece = this.#work?.pieces[0];
      const isInside = piece !== undefined && this.rows >= piece.start;
      const edge = piece === undefined ? Number.POSITIVE_INFINITY : isInside ? piece.end : piece.start;
      const count = Math.min(to - row, this.#rowsAtATime, edge - this.rows);
      if (!(isInside && piece.isPassedOver)) this.#append(batch, row, row + count);
      row += count;
      this.rows += count;
      if (this.#work === undefined) continue;
      if (isInside && this.rows === edge) this.#endPiece(this.#work);
      else if (this.rows === edge || (!isInside && this.#isFull)) this.#seal();
    }
  }

  /** Whether all that was put in has been taken out. */
  get isEmpty(): boolean {
    return this.#isEnded && this.#queue.length === 0;
  }

  /** Room in the memory of all lanes: `undefined` where there is some, otherwise a promise of it. */
  room(): Promise<void> | undefined {
    return this.#account.reserve(0);
  }

  /**
   * There are no more rows. The upload is told so, and commits, once `mayEnd` has settled; its last block leaves before.
   *
   * @throws WriterError `source-changed` when rows are missing that were there
   */
  end(mayEnd: Promise<void>): void {
    const [missing] = this.#work?.pieces ?? [];
    if (missing !== undefined) throw this.#changed(missing, "the end");
    this.#seal();
    this.#mayEnd = mayEnd;
    this.#isEnded = true;
    this.#wake();
  }

  /** Gives back the memory that the lane holds. */
  close(): void {
    this.#account.close();
  }

  async *#blocks(request: BlockRequest): AsyncGenerator<ProducedBlock, void, undefined> {
    if (this.#work !== undefined || this.rows > 0) throw this.#passed();
    const pack = new ArrowPack(request.columns, { maxFieldBytes: request.maxFieldBytes, chunkBytes });
    this.#work = { pack, pieces: piecesOf(request) };
    this.#begun.resolve();
    for (;;) {
      for (let block = this.#queue.shift(); block !== undefined; block = this.#queue.shift()) {
        // From here on the upload books it.
        this.#queuedBytes -= block.bytes;
        this.#account.take(-block.bytes);
        this.taken += 1;
        yield block;
      }
      if (this.#isEnded) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    await this.#mayEnd;
  }

  #append(batch: ColumnBatch, from: number, to: number): void {
    if (this.#work === undefined) return;
    const { pack } = this.#work;
    pack.append(batch, from, to);
    this.#account.take(pack.byteLength - this.#heldBytes);
    this.#heldBytes = pack.byteLength;
  }

  /** So many that the block being made becomes full, about, and not by many more. */
  get #rowsAtATime(): number {
    const made = this.rows - this.#start;
    if (made === 0 || this.#heldBytes === 0) return firstRows;
    const room = ((this.#settings.blockBytes - this.#heldBytes) / this.#heldBytes) * made;
    return Math.max(1, Math.min(Math.ceil(room), mostRows));
  }

  get #isFull(): boolean {
    return this.#heldBytes >= this.#settings.blockBytes;
  }

  /** The part with given ends that the next row falls into. */
  get #piece(): Piece | undefined {
    const piece = this.#work?.pieces[0];
    return piece !== undefined && this.rows > piece.start ? piece : undefined;
  }

  #endPiece({ pack, pieces }: LaneWork): void {
    const piece = pieces.shift()!;
    if (piece.stored === undefined) {
      this.#seal();
      return;
    }
    this.#start = this.rows;
    if (piece.isPassedOver) return;
    const { checksum } = pack.seal();
    this.#account.take(-this.#heldBytes);
    this.#heldBytes = 0;
    if (checksum !== piece.stored.sourceChecksum) throw this.#changed(piece, "the checksum");
  }

  #seal(): void {
    const start = this.#start;
    if (this.#work === undefined || this.rows === start) return;
    const { pack } = this.#work;
    const { chunks, byteLength: bytes, recordCount: rows, checksum } = pack.seal();
    const range = { input: 0, start, end: this.rows, unit: "rows" } as const;
    this.#start = this.rows;
    const release = (): void => free(chunks);
    this.#queue.push({
      range,
      chunks,
      rows,
      bytes,
      checksum,
      sourceChecksum: checksum,
      rejected: 0,
      release,
    });
    this.#account.take(bytes - this.#heldBytes);
    this.#heldBytes = 0;
    this.#queuedBytes += bytes;
    this.#wake();
  }

  #changed({ start, end }: Piece, what: string): WriterError {
    return new WriterError(
      `The inputs have changed since this load began: ${what} of rows ${start} to ${end} of partition ${this.partition} is not what it was`,
      { code: "source-changed" },
    );
  }

  #passed(): WriterError {
    return new WriterError(
      `The session of partition ${this.partition} ended before it was committed, and its rows have to be read again`,
      { code: "session-lost" },
    );
  }
}

interface LaneWork {
  readonly pack: ArrowPack;
  /** Parts whose ends an earlier run has settled, in order. */
  readonly pieces: Piece[];
}

interface Piece {
  readonly start: number;
  readonly end: number;
  /** The server has it. */
  readonly stored: StoredRange | undefined;
  /** It is not even compared. */
  readonly isPassedOver: boolean;
}

function piecesOf({ stored, again, compareStored }: BlockRequest): Piece[] {
  return [
    ...stored.map((range) => ({ ...startAndEnd(range), stored: range, isPassedOver: !compareStored })),
    ...again.map((range) => ({ ...startAndEnd(range), stored: undefined, isPassedOver: false })),
  ].sort((one, other) => one.start - other.start);
}

function startAndEnd({
  start,
  end,
}: {
  readonly start: number;
  readonly end: number;
}): Pick<Piece, "start" | "end"> {
  return { start, end };
}

/** Gives memory back at once: with many partitions, what waited for a collector came to more than what was in use. */
function free(chunks: readonly Uint8Array[]): void {
  for (const { buffer } of chunks) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength > 0) buffer.transfer(0);
  }
}

/** Nothing is known of how large the first rows of a block are. */
const firstRows = 64;
const mostRows = 4096;
/** Many packs are open at a time, most of them small. */
const chunkBytes = 16 * 1024;
