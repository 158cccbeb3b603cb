import { expect, it } from "vitest";
import type { WriterClock } from "./clock.ts";
import { type RowSink, writeAll } from "./write-all.ts";

/** A clock that moves on by a step at every look, and lets timers fire at once. */
function steppingClock(stepMs: number): WriterClock & { readonly turns: () => number } {
  let now = 0;
  let turns = 0;
  return {
    now: () => {
      now += stepMs;
      return now;
    },
    startTimer(callback) {
      turns += 1;
      queueMicrotask(callback);
      return () => {};
    },
    turns: () => turns,
  };
}

function collecting(): RowSink<number> & { readonly rows: number[] } {
  const rows: number[] = [];
  return {
    rows,
    write(row) {
      rows.push(row);
      return undefined;
    },
  };
}

it("writes every row of an array, a generator, or an async source, and counts them", async () => {
  async function* later() {
    yield 4;
    yield 5;
  }
  const sink = collecting();
  expect(await writeAll(sink, [1, 2])).toBe(2);
  expect(await writeAll(sink, new Set([3]))).toBe(1);
  expect(await writeAll(sink, later())).toBe(2);
  expect(sink.rows).toEqual([1, 2, 3, 4, 5]);
});

it("waits whenever the writer says so, before it takes the next row", async () => {
  const log: string[] = [];
  const sink: RowSink<number> = {
    write(row) {
      log.push(`write ${row}`);
      return row === 2 ? Promise.resolve().then(() => void log.push("ready")) : undefined;
    },
  };
  await writeAll(sink, [1, 2, 3]);
  expect(log).toEqual(["write 1", "write 2", "ready", "write 3"]);
});

it("lets the event loop have a turn when 20 ms have passed, and not for every row", async () => {
  const rows = Array.from({ length: 5120 }, (_, id) => id);
  const slow = steppingClock(20);
  await writeAll(collecting(), rows, { clock: slow });
  expect(slow.turns()).toBe(10);
  const quick = steppingClock(1);
  await writeAll(collecting(), rows, { clock: quick });
  expect(quick.turns()).toBe(0);
});

it("throws what a row throws, and closes the source", async () => {
  let closed = false;
  function* source() {
    try {
      for (let id = 0; ; id++) yield id;
    } finally {
      closed = true;
    }
  }
  const sink: RowSink<number> = {
    write(row) {
      if (row === 3) throw new Error("row 3 is bad");
      return undefined;
    },
  };
  await expect(writeAll(sink, source())).rejects.toThrow("row 3 is bad");
  expect(closed).toBe(true);
});

it("gives an array in pieces to a writer that takes rows together, and waits between them", async () => {
  const log: string[] = [];
  const sink: RowSink<number> = {
    write: () => undefined,
    writeRows(rows) {
      log.push(`${rows[0]} to ${rows.at(-1)}`);
      return rows[0] === 1024 ? Promise.resolve().then(() => void log.push("ready")) : undefined;
    },
  };
  const clock = steppingClock(20);
  expect(await writeAll(sink, [...Array(2500).keys()], { clock })).toBe(2500);
  expect(log).toEqual(["0 to 1023", "1024 to 2047", "ready", "2048 to 2499"]);
  expect(clock.turns()).toBe(3);
  expect(await writeAll(sink, [], { clock })).toBe(0);
});
