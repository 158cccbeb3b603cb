import { crc32 } from "node:zlib";
import { FileReader, PieceBuffers } from "../input/file-reader.ts";
import { PieceWindow } from "../input/piece-window.ts";
import { openTextStream } from "../input/text-stream.ts";
import { growingBlockBytes } from "../plan/block-plan.ts";
import { BlockMaker } from "./block-maker.ts";
import { FixedParts, sourceChanged } from "./fixed-parts.ts";
import type { EncodeContext, EncodedBlock, EncodeTask, FixedPart } from "./format.ts";
import type { TextLayout } from "./text-layout.ts";

type Blocks = AsyncGenerator<EncodedBlock, void, undefined>;

/** Makes the blocks of a task on text: a range of a file, or a stream from its beginning to its end. */
export function encodeText(task: EncodeTask, layout: TextLayout, context: EncodeContext): Blocks {
  if (task.stream !== undefined) return encodeStream(task, layout, context);
  const [part] = task.fixed;
  if (part === undefined || part.use === "again") return encodeRange(task, layout, context);
  return part.use === "compare" ? compareRange(task, part, layout) : skipRange(part);
}

async function* encodeRange(task: EncodeTask, layout: TextLayout, context: EncodeContext): Blocks {
  const { name, path, file } = task.input;
  const reader = await FileReader.open(name, path, file!);
  let maker: BlockMaker | undefined;
  try {
    const stop = Math.min(task.end ?? reader.size, reader.size);
    const start = task.isExact ? task.start : recordStart(reader, task.start, stop, layout);
    const bytesOf = (from: number, to: number): Uint8Array => reader.readNow(from, to);
    maker = new BlockMaker({
      context,
      file: name,
      start,
      rejectLimit: task.rejectLimit,
      open: layout.open,
      bytesOf,
    });
    // Far more than was planned is cut, so that memory stays what it was planned to be.
    const mostBytes = task.fixed.length > 0 ? Number.POSITIVE_INFINITY : 2 * task.blockBytes;
    let at = start;
    for await (const piece of reader.pieces(start, stop, pieceBytes, new PieceBuffers())) {
      maker.noteRead(piece.byteLength);
      await maker.push(piece);
      at += piece.byteLength;
      if (maker.encodedBytes >= mostBytes && at < stop) yield await maker.seal(bytesOf(maker.consumed, at));
      if (maker.gaveUp) break;
    }
    if (!maker.gaveUp && start < stop) {
      const end = recordEndFrom(reader, maker.consumed, stop, layout);
      if (end > at) await maker.push(bytesOf(at, end));
      maker.end();
    }
    await reader.checkUnchanged();
    yield await maker.seal(nothing);
  } finally {
    maker?.abort();
    await reader.close();
  }
}

/**
 * Where the first record at or after an offset seems to begin: behind a record end after which the next few records
 * look as they should. Only a guess: the text before may have opened a quote.
 */
function recordStart(reader: FileReader, offset: number, limit: number, layout: TextLayout): number {
  if (offset === 0) return 0;
  const bytes = reader.readNow(offset - 1, Math.min(limit, offset + guessBytes));
  let first = -1;
  for (let at = bytes.indexOf(layout.recordEnd); at >= 0; at = bytes.indexOf(layout.recordEnd, at + 1)) {
    if (layout.looksLikeRecords(bytes, at + 1)) return offset + at;
    if (first < 0) first = at;
  }
  return first < 0 ? limit : offset + first;
}

/** Where the first record ends that ends at `stop` or later, going from one that begins at `start`. */
function recordEndFrom(reader: FileReader, start: number, stop: number, layout: TextLayout): number {
  let record = start;
  let reach = 64 * 1024;
  while (record < stop) {
    const limit = Math.min(Math.max(record, stop) + reach, reader.size);
    const bytes = reader.readNow(record, limit);
    const isLast = limit === reader.size;
    let within = 0;
    for (let next = 0; next >= 0 && record + within < stop; ) {
      next = layout.nextRecord(bytes, within, bytes.byteLength, isLast);
      if (next >= 0) within = next;
    }
    record += within;
    if (isLast) return record + within < stop ? reader.size : record;
    reach *= 4;
  }
  return record;
}

/** Reads what is stored already, and tells how many lines it has. */
async function* compareRange(task: EncodeTask, part: FixedPart, layout: TextLayout): Blocks {
  const { name, path, file } = task.input;
  const reader = await FileReader.open(name, path, file!);
  try {
    if (part.end > reader.size) throw sourceChanged(name, part);
    let checksum = 0;
    let lines = 0;
    for await (const piece of reader.pieces(part.start, part.end, pieceBytes, new PieceBuffers())) {
      checksum = crc32(piece, checksum);
      lines += countByte(piece, layout.lineEnd);
    }
    if (checksum !== part.sourceChecksum) throw sourceChanged(name, part);
    await reader.checkUnchanged();
    yield { ...noBlock, start: part.start, end: part.end, lines };
  } finally {
    await reader.close();
  }
}

async function* skipRange({ start, end }: FixedPart): Blocks {
  yield { ...noBlock, start, end, lines: undefined };
}

async function* encodeStream(task: EncodeTask, layout: TextLayout, context: EncodeContext): Blocks {
  const { name } = task.input;
  const window = new PieceWindow(Math.max(4096, Math.min(pieceBytes, Math.floor(task.blockBytes / 4))));
  const fixed = new FixedParts(name, task.fixed);
  const bytesOf = (from: number, to: number): Uint8Array => window.slice(from, to);
  let readBytes = 0;
  const text = openTextStream(task.stream!, (bytes) => {
    readBytes += bytes;
  });
  let maker: BlockMaker | undefined;
  const seal = (tail: Uint8Array): Promise<EncodedBlock> => {
    maker!.noteRead(readBytes);
    readBytes = 0;
    return maker!.seal(tail);
  };
  let made = 0;
  let lines = 0;
  /** Offset of the next byte of the text. */
  let at = 0;
  try {
    for await (const whole of window.pieces(text)) {
      for (let piece = whole; piece.byteLength > 0; ) {
        const { end, part } = at < task.start ? { end: task.start, part: headerPart } : fixed.at(at);
        const bytes = piece.subarray(0, end - at);
        piece = piece.subarray(bytes.byteLength);
        if (part !== undefined && part.use !== "again") {
          fixed.pass(part, bytes, at);
          at += bytes.byteLength;
          lines += countByte(bytes, layout.lineEnd);
          if (at < end) continue;
          if (part !== headerPart) yield { ...noBlock, start: part.start, end, lines };
          lines = 0;
          continue;
        }
        const limits = { context, file: name, start: at, rejectLimit: task.rejectLimit };
        maker ??= new BlockMaker({ ...limits, open: layout.open, bytesOf });
        await maker.push(bytes);
        at += bytes.byteLength;
        if (maker.gaveUp) {
          yield await seal(nothing);
          return;
        }
        if (at === end) {
          if (!endsWhole(bytesOf(maker.consumed, at), layout, part !== undefined)) {
            throw sourceChanged(name, fixed.at(at).part ?? part!);
          }
          maker.end();
          yield await seal(nothing);
          maker = undefined;
        } else if (part === undefined && maker.encodedBytes >= growingBlockBytes(made, task)) {
          made += 1;
          yield await seal(bytesOf(maker.consumed, at));
        }
      }
      window.forget(maker?.consumed ?? at);
    }
    fixed.finish(at);
    maker?.end();
    if (maker !== undefined) yield await seal(nothing);
    else if (readBytes > 0) yield { ...noBlock, start: at, end: at, readBytes };
  } finally {
    maker?.abort();
    await text.return(undefined);
  }
}

/** What comes before the first record of a stream. */
const headerPart: FixedPart = { start: 0, end: 0, use: "skip", sourceChecksum: 0 };

/** Whether bytes are whole records and nothing else; the last record of an input needs no end. */
function endsWhole(bytes: Uint8Array, layout: TextLayout, mayBeLast: boolean): boolean {
  let at = 0;
  while (at < bytes.byteLength) {
    const next = layout.nextRecord(bytes, at, bytes.byteLength, mayBeLast);
    if (next < 0) return false;
    at = next;
  }
  return true;
}

function countByte(bytes: Uint8Array, byte: number): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === byte) count += 1;
  return count;
}

/** What a task says of a part that makes no block. */
const noBlock: Omit<EncodedBlock, "start" | "end"> = {
  chunks: [],
  contentEncoding: undefined,
  rows: 0,
  bytes: 0,
  lines: 0,
  checksum: 0,
  sourceChecksum: 0,
  readBytes: 0,
  rejects: [],
  encodeMs: 0,
  compressMs: 0,
};

const nothing: Uint8Array = new Uint8Array(0);

/** How much of a range is looked at to find a record in it. */
const guessBytes = 128 * 1024;

/** Large enough that reading costs little, small enough for a processor's cache. */
const pieceBytes = 256 * 1024;
