import { describe, expect, it } from "vitest";
import { createTurns } from "./turns.ts";

describe("turns", () => {
  it("let so many run at once, and the others in order", async () => {
    const turns = createTurns(2);
    const log: string[] = [];
    const ends = new Map<string, () => void>();
    const begin = (name: string, signal = new AbortController().signal): Promise<void> =>
      turns.take(signal, () => {
        log.push(name);
        return new Promise((resolve) => ends.set(name, resolve));
      });
    const gone = new AbortController();
    const first = begin("a");
    const all = [first, begin("b"), begin("c", gone.signal), begin("d")];
    await Promise.resolve();
    expect(log).toEqual(["a", "b"]);
    gone.abort(new Error("no longer wanted"));
    await expect(all[2]).rejects.toThrow("no longer wanted");
    ends.get("a")?.();
    await first;
    await expect.poll(() => log).toEqual(["a", "b", "d"]);
    ends.get("b")?.();
    ends.get("d")?.();
    await Promise.all([all[1], all[3]]);
    await expect(turns.take(gone.signal, async () => "run")).rejects.toThrow("no longer wanted");
    expect(await turns.take(new AbortController().signal, async () => "run")).toBe("run");
  });
});
