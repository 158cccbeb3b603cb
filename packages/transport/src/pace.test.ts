import { describe, expect, it } from "vitest";
import { openBody } from "./body.ts";
import { createPace, departure } from "./pace.ts";

const never = new AbortController().signal;

describe("a pace", () => {
  it("lets a quarter of a second's worth go at once, and then as much as the limit", async () => {
    const waits: number[] = [];
    let now = 1000;
    const pace = createPace(1000, {
      clock: () => now,
      sleep: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    });
    for (let piece = 0; piece < 10; piece += 1) await pace(100, never);
    expect(waits).toEqual([50, 100, 100, 100, 100, 100, 100]);
    expect(now).toBe(1650);
  });

  it("keeps what comes at the same time in turn", () => {
    const pace = createPace(1000, { clock: () => 0, sleep: async () => {} });
    expect(pace(1000, never)).toBeUndefined();
    expect(departure(750, 0, 500, 1000)).toEqual({ waitMs: 750, nextFreeAt: 1250 });
  });

  it("stops waiting when the request is given up", async () => {
    const gone = new AbortController();
    const pace = createPace(1);
    pace(1_000_000, gone.signal);
    const waiting = pace(1, gone.signal);
    gone.abort(new Error("given up"));
    await expect(waiting).rejects.toThrow("given up");
  });

  it.each([0, -1, Number.NaN])("refuses a limit of %d", (limit) => {
    expect(() => createPace(limit)).toThrow("Expected a limit of more than 0 bytes a second");
  });

  it("is asked for every piece of a body, and again when the body is sent again", async () => {
    const asked: number[] = [];
    const pace = (bytes: number): undefined => void asked.push(bytes);
    const chunks = [new Uint8Array(150_000), new Uint8Array(10)];
    const observer = { onSending() {}, onWaitingForSource() {}, onComplete() {} };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const body = openBody({ kind: "chunks", chunks }, observer, { pace, signal: never });
      let sent = 0;
      for await (const piece of body.content as ReadableStream<Uint8Array>) sent += piece.byteLength;
      expect(sent).toBe(150_010);
    }
    expect(asked).toEqual([65_536, 65_536, 18_928, 10, 65_536, 65_536, 18_928, 10]);
  });
});
