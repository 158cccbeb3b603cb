import { describe, expect, it } from "vitest";
import { BodyGatherer } from "./body-gatherer.ts";

const pieceBytes = 128 * 1024;

/** Bytes whose place can be told from their value. */
function numbered(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((from + index) * 31) & 255);
}

describe("a body gatherer", () => {
  it("hands over pieces of 128 KiB and the rest, with every byte in its place", async () => {
    for (const crumbBytes of [1000, 65_536, pieceBytes, 700_000]) {
      const pieces: Buffer[] = [];
      const gatherer = new BodyGatherer(async (piece) => {
        pieces.push(Buffer.from(piece));
      });
      const total = 1_400_000;
      for (let from = 0; from < total; from += crumbBytes) {
        await gatherer.add(numbered(Math.min(crumbBytes, total - from), from));
      }
      await gatherer.end();
      await gatherer.release();
      expect(pieces.slice(0, -1).every((piece) => piece.length === pieceBytes)).toBe(true);
      expect(Buffer.compare(Buffer.concat(pieces), numbered(total))).toBe(0);
    }
  });

  it("handles one piece at a time and holds the sender back meanwhile", async () => {
    let release = (): void => undefined;
    let handled = 0;
    const gatherer = new BodyGatherer(async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      handled += 1;
    });
    expect(gatherer.add(numbered(pieceBytes + 10))).toBeUndefined();
    const wait = gatherer.add(numbered(pieceBytes));
    expect(wait).toBeInstanceOf(Promise);
    expect(handled).toBe(0);
    release();
    await wait;
    expect(handled).toBe(1);
    const ended = gatherer.end();
    release();
    await new Promise((resolve) => setImmediate(resolve));
    release();
    await ended;
    expect(handled).toBe(3);
    await gatherer.release();
  });

  it("passes a failure on to whoever adds or ends next", async () => {
    const failing = (): BodyGatherer => new BodyGatherer(() => Promise.reject(new Error("disk")));
    const first = failing();
    first.add(numbered(pieceBytes));
    await expect(first.end()).rejects.toThrow("disk");
    const second = failing();
    second.add(numbered(pieceBytes));
    await expect(second.add(numbered(pieceBytes))).rejects.toThrow("disk");
    await first.release();
    await second.release();
  });

  it("hands nothing over for an empty body", async () => {
    let handled = 0;
    const gatherer = new BodyGatherer(async () => {
      handled += 1;
    });
    await gatherer.end();
    await gatherer.release();
    expect(handled).toBe(0);
  });
});
