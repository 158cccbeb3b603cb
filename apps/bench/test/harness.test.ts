import { describe, expect, it } from "vitest";
import type { Contender } from "../src/harness/contender.ts";
import { measureRounds } from "../src/harness/rounds.ts";
import type { Line, Run, Sample } from "../src/harness/sample.ts";
import { countedRuns, isNoisy, rateOf, ratioOf, rowsPerSecond } from "../src/harness/spread.ts";
import { takeTurn, warmUp } from "../src/harness/turn.ts";
import { disagreements } from "../src/report/agreement.ts";
import { goalsTable } from "../src/report/goals.ts";
import { replaceResults } from "../src/report/readme.ts";
import { PackTail } from "../src/servers/pack-tail.ts";
import type { SuiteResult } from "../src/suites/suite.ts";

function run(round: number, seconds: number, noisy = false): Run {
  const cpuSeconds = seconds / 2;
  return { round, seconds, cpuSeconds, rows: 100, bytes: 1000, otherCores: 0, slowdown: 1, noisy };
}

function line(id: string, runs: readonly Run[], facts: Partial<Line> = {}): Line {
  return { id, label: id, runs, ...facts };
}

function suite(id: string, lines: readonly Line[]): SuiteResult {
  const stamp = { date: "2026-11-22", node: "24", cpu: "a processor", cores: 2 };
  return { id, title: id, text: "", stamp, seconds: 1, lines };
}

function evaluates(id: string, script: string): Contender {
  const args = ["--eval", script];
  return { id, label: id, program: { kind: "once", file: process.execPath, args, rows: 1, bytes: 0 } };
}

describe("rates and ratios", () => {
  it("leave noisy rounds out where three quiet ones are left", () => {
    const measured = line("a", [run(0, 1), run(1, 2), run(2, 4), run(3, 100, true)]);
    expect(rateOf(measured, rowsPerSecond)).toEqual({ min: 25, median: 50, max: 100 });
    expect(isNoisy(measured)).toBe(false);
  });

  it("count all rounds where they are not, and say so", () => {
    const measured = line("a", [run(0, 1), run(1, 2), run(2, 4, true)]);
    expect(countedRuns(measured)).toHaveLength(3);
    expect(isNoisy(measured)).toBe(true);
  });

  it("compare rounds with each other, and only those that both ran in", () => {
    const ours = line("a", [run(0, 1), run(1, 2), run(2, 8), run(3, 1)]);
    const theirs = line("b", [run(0, 2), run(1, 8), run(2, 16)]);
    expect(ratioOf(ours, theirs, rowsPerSecond)).toEqual({ min: 2, median: 2, max: 4 });
    expect(ratioOf(ours, line("c", []), rowsPerSecond)).toBeUndefined();
  });
});

/** Serves runs, and gives its process id as the number of rows. */
const servesItsPid: Contender = {
  id: "pid",
  label: "pid",
  program: {
    kind: "loop",
    file: process.execPath,
    args: [
      "-e",
      `const say = (what) => console.log(JSON.stringify(what));
      say({ ready: "1" });
      require("node:readline").createInterface({ input: process.stdin }).on("line", () =>
        say({ seconds: 0.1, cpuSeconds: 0.1, rows: process.pid, bytes: 1 }));`,
    ],
  },
};

describe("measureRounds", () => {
  it("runs contenders in the opposite order every second round and says why one could not run", async () => {
    const said: string[] = [];
    const lines = await measureRounds(
      [
        evaluates("a", ""),
        evaluates("b", ""),
        { id: "c", label: "c", program: { kind: "absent", why: "no such client" } },
      ],
      { rounds: 2, progress: (text) => said.push(text) },
    );
    expect(said.filter((text) => text.startsWith("round"))).toEqual([
      "round 1 of 2: a",
      "round 1 of 2: b",
      "round 2 of 2: b",
      "round 2 of 2: a",
    ]);
    expect(lines.map(({ runs }) => runs.length)).toEqual([2, 2, 0]);
    expect(lines[2]?.skipped).toBe("no such client");
    expect(lines[0]?.runs[0]?.cpuSeconds).toBeGreaterThanOrEqual(0);
  }, 30_000);

  it("starts what serves runs anew for each round when asked to", async () => {
    const pids = async (startsAnew: boolean): Promise<number> => {
      const [line] = await measureRounds([servesItsPid], { rounds: 3, startsAnew });
      return new Set(line?.runs.map(({ rows }) => rows)).size;
    };
    expect(await pids(true)).toBe(3);
    expect(await pids(false)).toBe(1);
  }, 30_000);

  it("tells what a process said that failed", async () => {
    const failing = evaluates("a", "console.error('out of luck'); process.exit(3)");
    const [failed] = await measureRounds([failing], { rounds: 1 });
    expect(failed?.skipped).toContain("ended with 3: out of luck");
  }, 30_000);
});

describe("a turn", () => {
  /** Does its work in so many seconds, one after the other; the last for ever. */
  function worker(...times: readonly number[]): { run(): Promise<Sample>; ran(): number } {
    let ran = 0;
    const run = async (): Promise<Sample> => {
      const seconds = times[Math.min(ran++, times.length - 1)] ?? 0;
      return { seconds, cpuSeconds: seconds * 2, rows: 100, bytes: 7 };
    };
    return { run, ran: () => ran };
  }

  it("repeats short work until it has taken long enough, and adds it up", async () => {
    expect(await takeTurn(worker(0.25).run, 0.7)).toEqual({
      seconds: 0.75,
      cpuSeconds: 1.5,
      rows: 300,
      bytes: 21,
    });
    expect(await takeTurn(worker(4).run, 0.7)).toEqual({ seconds: 4, cpuSeconds: 8, rows: 100, bytes: 7 });
    expect(await takeTurn(worker(0.25).run, 0)).toEqual({
      seconds: 0.25,
      cpuSeconds: 0.5,
      rows: 100,
      bytes: 7,
    });
  });

  it("begins once work has been done long enough and gets no quicker", async () => {
    const steady = worker(0.5);
    await warmUp(steady.run, 2);
    expect(steady.ran()).toBe(4);
    const compiled = worker(0.5, 0.5, 0.5, 0.4, 0.25);
    await warmUp(compiled.run, 2);
    expect(compiled.ran()).toBe(6);
  });

  it("does not wait for ever for work that gets quicker and quicker", async () => {
    const times = Array.from({ length: 40 }, (_, at) => 0.9 ** at);
    const faster = worker(...times);
    await warmUp(faster.run, 2);
    expect(faster.ran()).toBe(5);
  });
});

describe("disagreements", () => {
  const checked = { rows: 2000, bytes: 9 };
  it("finds who wrote other bytes for the same rows, in another suite too", () => {
    const rows = suite("rows", [line("arrays", [run(0, 1)], { checksum: "00000001", checked })]);
    const same = suite("columns", [line("pack", [run(0, 1)], { checksum: "00000001", checked })]);
    const other = suite("columns", [line("pack", [run(0, 1)], { checksum: "00000002", checked })]);
    expect(disagreements({ rows, columns: same })).toEqual([]);
    expect(disagreements({ rows, columns: other })).toEqual([
      "columns, pack wrote 00000002 for 2000 rows, and rows, arrays wrote 00000001",
    ]);
  });

  it("takes a peer that is not there, but not one of ours", () => {
    const rows = suite("rows", [
      line("java-prebuilt", [], { skipped: "no mvn" }),
      line("arrays", [], { skipped: "it broke" }),
    ]);
    expect(disagreements({ rows })).toEqual(["rows, arrays did not run: it broke"]);
  });
});

describe("the report", () => {
  it("says of each goal whether it is met, and what the run before measured", () => {
    const ours = line("arrays", [run(0, 1), run(1, 1), run(2, 1)]);
    const slow = line("java-set-write", [run(0, 3), run(1, 3), run(2, 3)]);
    const quick = line("java-set-write", [run(0, 2), run(1, 2), run(2, 2)]);
    const table = goalsTable({ rows: suite("rows", [ours, slow]) }, { rows: suite("rows", [ours, quick]) });
    expect(table).toContain(
      "| row path, arrays ÷ Java SDK writer (set + write) | 2.5 × | 3.00 × (CPU 3.00 ×) | 2.00 × (CPU 2.00 ×) | yes |",
    );
    expect(table).toContain("| row path, objects ÷ the same | 1.8 × | not measured |  |  |");
  });

  it("replaces what is between the marks, and refuses a README without them", () => {
    const readme = "# A\n<!-- results: written by the benchmark -->\nold\n<!-- /results -->\nrest\n";
    expect(replaceResults(readme, "new\n")).toBe(
      "# A\n<!-- results: written by the benchmark -->\n\nnew\n\n<!-- /results -->\nrest\n",
    );
    expect(() => replaceResults("# A\n", "new\n")).toThrow("Expected the README to hold");
  });
});

describe("PackTail", () => {
  it("reads how many records a pack says to have, however its bytes are cut", () => {
    // Three records: count field 33554430 as zigzag 6, then the pack's checksum.
    const footer = Buffer.from("f0ffff7f06f8ffff7fd0c5956d", "hex");
    const whole = new PackTail();
    whole.push(Buffer.concat([Buffer.alloc(100, 1), footer]));
    expect(whole.recordCount).toBe(3);
    const cut = new PackTail();
    for (const byte of footer) cut.push(Uint8Array.of(byte));
    expect(cut.recordCount).toBe(3);
    const none = new PackTail();
    none.push(Buffer.alloc(100, 1));
    expect(none.recordCount).toBeUndefined();
  });
});
