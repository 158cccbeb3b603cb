import { describe, expect, it } from "vitest";
import { BodyGatherer } from "./body-gatherer.ts";
import { givePieceBuffer, largePieceBytes, smallPieceBytes, takePieceBuffer } from "./piece-buffers.ts";

/** Bytes whose place can be told from their value. */
function numbered(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((from + index) * 31) & 255);
}

describe("a body gatherer", () => {
  it("hands over a small piece, large ones and the rest, with every byte in its place", async () => {
    for (const crumbBytes of [1000, smallPieceBytes, 700_000]) {
      const pieces: Buffer[] = [];
      const handle = async (piece: Uint8Array): Promise<void> => {
        pieces.push(Buffer.from(piece));
      };
      const gatherer = new BodyGatherer({ handle, atOnce: 1 });
      const total = 1_400_000;
      for (let from = 0; from < total; from += crumbBytes) {
        await gatherer.add(numbered(Math.min(crumbBytes, total - from), from));
      }
      await gatherer.end();
      await gatherer.release();
      expect(pieces.map(({ length }) => length)).toEqual([65_536, 524_288, 524_288, 285_888]);
      expect(Buffer.compare(Buffer.concat(pieces), numbered(total))).toBe(0);
    }
  });

  it("handles as many pieces at once as it may and holds the sender back meanwhile", async () => {
    for (const atOnce of [1, 2, 3]) {
      const handled: (() => void)[] = [];
      const handle = (): Promise<void> => new Promise((resolve) => handled.push(resolve));
      const gatherer = new BodyGatherer({ handle, atOnce });
      expect(gatherer.add(numbered(smallPieceBytes + (atOnce - 1) * largePieceBytes + 10))).toBeUndefined();
      expect(handled).toHaveLength(atOnce);
      const wait = gatherer.add(numbered(largePieceBytes));
      expect(wait).toBeInstanceOf(Promise);
      expect(handled).toHaveLength(atOnce);
      handled[0]?.();
      await wait;
      expect(handled).toHaveLength(atOnce + 1);
      const ended = gatherer.end();
      for (let piece = 0; piece < atOnce + 2; piece++) {
        handled[piece]?.();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await ended;
      expect(handled).toHaveLength(atOnce + 2);
      await gatherer.release();
    }
  });

  it("passes a failure on to whoever adds or ends next, and hands over nothing more", async () => {
    let calls = 0;
    const failing = (): BodyGatherer =>
      new BodyGatherer({
        handle: async () => {
          calls += 1;
          throw new Error("disk");
        },
        atOnce: 2,
      });
    const first = failing();
    first.add(numbered(smallPieceBytes));
    await expect(first.end()).rejects.toThrow("disk");
    const second = failing();
    second.add(numbered(smallPieceBytes));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(second.add(numbered(1))).rejects.toThrow("disk");
    await first.release();
    await second.release();
    expect(calls).toBe(2);
  });

  it("reuses a buffer only when its piece is done with", async () => {
    let finish = (): void => undefined;
    let seen: Uint8Array = new Uint8Array();
    const handle = (piece: Uint8Array): Promise<void> => {
      seen = piece;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const gatherer = new BodyGatherer({ handle, atOnce: 1 });
    gatherer.add(numbered(smallPieceBytes));
    const other = takePieceBuffer("small");
    expect(other.buffer).not.toBe(seen.buffer);
    givePieceBuffer(other);
    const released = gatherer.release();
    finish();
    await released;
    const again = takePieceBuffer("small");
    expect(again.buffer).toBe(seen.buffer);
    givePieceBuffer(again);
  });

  it("hands nothing over any more once it is released", async () => {
    const handled: (() => void)[] = [];
    const handle = (): Promise<void> => new Promise((resolve) => handled.push(resolve));
    const gatherer = new BodyGatherer({ handle, atOnce: 1 });
    const wait = gatherer.add(numbered(smallPieceBytes + largePieceBytes + 10));
    const released = gatherer.release();
    handled[0]?.();
    await wait;
    await released;
    expect(handled).toHaveLength(1);
    expect(gatherer.add(numbered(smallPieceBytes))).toBeUndefined();
    expect(handled).toHaveLength(1);
  });

  it("hands nothing over for an empty body", async () => {
    let handled = 0;
    const handle = async (): Promise<void> => {
      handled += 1;
    };
    const gatherer = new BodyGatherer({ handle, atOnce: 1 });
    await gatherer.end();
    await gatherer.release();
    expect(handled).toBe(0);
  });
});

describe("piece buffers", () => {
  it("are large until 24 MiB are taken, then small, and large again once one is given back", () => {
    const taken = Array.from({ length: 50 }, () => takePieceBuffer("large"));
    expect(taken.filter(({ length }) => length === largePieceBytes)).toHaveLength(48);
    expect(taken.filter(({ length }) => length === smallPieceBytes)).toHaveLength(2);
    const [first, ...rest] = taken;
    givePieceBuffer(first ?? new Uint8Array());
    expect(takePieceBuffer("large")).toBe(first);
    for (const buffer of [...rest, first ?? new Uint8Array()]) givePieceBuffer(buffer);
  });
});
