import { ByteQueue } from "./byte-queue.ts";
import type { FrameDecoder } from "./frame-decoder.ts";
import { decodeLz4Block } from "./lz4-block.ts";
import { XxHash32, xxh32 } from "./xxh32.ts";

const frameMagic = 0x184d2204;
const skippableMagic = 0x184d2a50;
/** Chained blocks refer back at most this far. */
const historyBytes = 65_536;

/** What the header of a frame settles. */
interface Frame {
  readonly maxBlockBytes: number;
  readonly blockChecksums: boolean;
  readonly contentHash: XxHash32 | undefined;
  readonly contentBytes: number | undefined;
  decodedBytes: number;
  /** History of chained blocks, then room for one block. */
  readonly window: Uint8Array;
  historyLength: number;
  readonly chained: boolean;
}

type State =
  | { readonly kind: "between" }
  | { readonly kind: "skipping"; left: number }
  | { readonly kind: "blocks"; readonly frame: Frame };

/**
 * Decodes LZ4 frames (`x-lz4-frame`), with independent blocks or chained ones, checking every checksum.
 *
 * PyODPS sends chained blocks, the Java client independent ones.
 */
export function lz4FrameDecoder(): FrameDecoder {
  const queue = new ByteQueue();
  let state: State = { kind: "between" };
  let frames = 0;

  /** Does one step, or returns false when more bytes are needed. */
  const step = (decoded: Uint8Array[]): boolean => {
    switch (state.kind) {
      case "skipping": {
        state.left -= queue.take(Math.min(state.left, queue.length))?.length ?? 0;
        if (state.left > 0) {
          return false;
        }
        state = { kind: "between" };
        return queue.length > 0;
      }
      case "between": {
        const magic = queue.peek(4);
        if (magic === undefined) {
          return false;
        }
        const value = u32(magic, 0);
        if ((value & ~15) >>> 0 === skippableMagic) {
          const head = queue.take(8);
          if (head === undefined) {
            return false;
          }
          state = { kind: "skipping", left: u32(head, 4) };
          return true;
        }
        if (value !== frameMagic) {
          throw new Error(
            frames === 0 ? "the body is not an LZ4 frame" : "bytes follow the end of the LZ4 frame",
          );
        }
        const frame = readHeader(queue);
        if (frame === undefined) {
          return false;
        }
        frames += 1;
        state = { kind: "blocks", frame };
        return true;
      }
      case "blocks": {
        const done = readBlock(queue, state.frame, decoded);
        if (done === "frame") {
          state = { kind: "between" };
        }
        return done !== "wait";
      }
    }
  };

  return {
    push(bytes) {
      queue.add(bytes);
      const decoded: Uint8Array[] = [];
      while (step(decoded)) {
        // Each step takes one header or block.
      }
      return decoded;
    },
    end() {
      if (frames === 0 || state.kind !== "between" || queue.length > 0) {
        throw new Error("the LZ4 frame is not complete");
      }
    },
  };
}

function readHeader(queue: ByteQueue): Frame | undefined {
  const start = queue.peek(6);
  if (start === undefined) {
    return undefined;
  }
  const flags = start[4] ?? 0;
  const hasContentSize = (flags & 8) !== 0;
  const hasDictionary = (flags & 1) !== 0;
  const descriptorBytes = 2 + (hasContentSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  const header = queue.take(4 + descriptorBytes + 1);
  if (header === undefined) {
    return undefined;
  }
  const descriptor = header.subarray(4, 4 + descriptorBytes);
  if (((xxh32(descriptor) >>> 8) & 255) !== header.at(-1)) {
    throw new Error("the LZ4 frame header does not fit its checksum");
  }
  const sizeCode = ((descriptor[1] ?? 0) >> 4) & 7;
  if (flags >> 6 !== 1 || (flags & 2) !== 0 || sizeCode < 4 || ((descriptor[1] ?? 0) & 0x8f) !== 0) {
    throw new Error("the LZ4 frame header has an unknown version or reserved bits");
  }
  if (hasDictionary) {
    throw new Error("LZ4 frames with a dictionary are not offered");
  }
  const maxBlockBytes = 2 ** (8 + 2 * sizeCode);
  const chained = (flags & 32) === 0;
  return {
    maxBlockBytes,
    chained,
    blockChecksums: (flags & 16) !== 0,
    contentHash: (flags & 4) === 0 ? undefined : new XxHash32(),
    contentBytes: hasContentSize ? u32(descriptor, 2) + u32(descriptor, 6) * 2 ** 32 : undefined,
    decodedBytes: 0,
    window: new Uint8Array((chained ? historyBytes : 0) + maxBlockBytes),
    historyLength: 0,
  };
}

/** Reads one block or the end of the frame. */
function readBlock(queue: ByteQueue, frame: Frame, decoded: Uint8Array[]): "wait" | "block" | "frame" {
  const head = queue.peek(4);
  if (head === undefined) {
    return "wait";
  }
  const word = u32(head, 0);
  if (word === 0) {
    return readEnd(queue, frame) ? "frame" : "wait";
  }
  const length = word & 0x7fffffff;
  if (length > frame.maxBlockBytes) {
    throw new Error(`an LZ4 block claims ${length} of at most ${frame.maxBlockBytes} bytes`);
  }
  const whole = queue.take(4 + length + (frame.blockChecksums ? 4 : 0));
  if (whole === undefined) {
    return "wait";
  }
  const block = whole.subarray(4, 4 + length);
  if (frame.blockChecksums && xxh32(block) !== u32(whole, 4 + length)) {
    throw new Error("an LZ4 block does not fit its checksum");
  }
  const data = word >>> 31 === 1 ? keep(frame, block) : decode(frame, block);
  frame.contentHash?.update(data);
  frame.decodedBytes += data.length;
  decoded.push(data);
  return "block";
}

function readEnd(queue: ByteQueue, frame: Frame): boolean {
  const end = queue.take(frame.contentHash === undefined ? 4 : 8);
  if (end === undefined) {
    return false;
  }
  if (frame.contentHash !== undefined && frame.contentHash.digest() !== u32(end, 4)) {
    throw new Error("the LZ4 frame does not fit its checksum");
  }
  if (frame.contentBytes !== undefined && frame.contentBytes !== frame.decodedBytes) {
    throw new Error(
      `the LZ4 frame holds ${frame.decodedBytes} bytes instead of the ${frame.contentBytes} it claims`,
    );
  }
  return true;
}

function keep(frame: Frame, block: Uint8Array): Uint8Array {
  frame.window.set(block, frame.historyLength);
  return moveToHistory(frame, frame.historyLength + block.length);
}

function decode(frame: Frame, block: Uint8Array): Uint8Array {
  const room = frame.window.subarray(0, frame.historyLength + frame.maxBlockBytes);
  return moveToHistory(frame, decodeLz4Block(block, room, frame.historyLength));
}

/** Copies the block that ends at `end` out, and keeps as history what the next one may refer to. */
function moveToHistory(frame: Frame, end: number): Uint8Array {
  const data = frame.window.slice(frame.historyLength, end);
  if (frame.chained) {
    const from = Math.max(0, end - historyBytes);
    frame.window.copyWithin(0, from, end);
    frame.historyLength = end - from;
  }
  return data;
}

function u32(bytes: Uint8Array, from: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + from, 4).getUint32(0, true);
}
