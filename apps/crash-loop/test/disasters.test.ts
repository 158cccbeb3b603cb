import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { drawRound } from "../src/kill/draw-round.ts";
import { isReached, killPhases, placeIn } from "../src/kill/kill-points.ts";
import { drawMishap, mishapKinds } from "../src/network/draw-mishap.ts";
import { loadPhases } from "../src/partitions/draw-partitions-round.ts";
import { judgePartitions, type PartitionStates } from "../src/partitions/judge-partitions.ts";
import { momentOf } from "../src/partitions/load-moments.ts";
import type { ClientEnd } from "../src/world/client.ts";

const program = fileURLToPath(new URL("../dist/disasters.js", import.meta.url));

/** What a command prints; it must end with 0. */
async function printed(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args]).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`Expected ${args.join(" ")} to succeed, got\n${stdout}${stderr}`);
    },
  );
  return stdout;
}

it("clients and emulators killed in every phase leave the table as the source", {
  timeout: 600_000,
}, async () => {
  const stdout = await printed("kills", "--rounds", "20", "--seed", "4");
  expect(stdout).toContain("20 of 20 rounds: the table was the source, each row once (seed 4,");
  for (const phase of killPhases) expect(stdout).toMatch(new RegExp(`^${phase} .* [1-9]\\d*$`, "m"));
});

it("a load into several partitions, killed in every phase, leaves each of them empty or whole, and fills all in the end", {
  timeout: 600_000,
}, async () => {
  const stdout = await printed("kills", "--partition-by", "--rounds", "5", "--seed", "230", "--lanes", "2");
  expect(stdout).toContain(
    "5 of 5 rounds: each partition was empty or whole, and in the end held its rows, each once (seed 230,",
  );
  for (const phase of loadPhases) expect(stdout).toMatch(new RegExp(`^${phase} .* [1-9]\\d*\\b`, "m"));
});

it("a network that breaks in every way costs no row and doubles none", { timeout: 600_000 }, async () => {
  const stdout = await printed("network", "--rounds", "24", "--seed", "4");
  expect(stdout).toContain(
    "24 of 24 rounds: success or a clear error, and the table was the source in the end",
  );
});

it("a client that slept is taken back, a clock that was wrong costs nothing, and a full disk is told", {
  timeout: 600_000,
}, async () => {
  const stdout = await printed("scenes", "--only", "sleeps for (121 s|25 h)|is 25 h ahead|grow beyond 8 KiB");
  expect(stdout).toContain("8 of 8 scenes ended as promised, and the table was the source");
});

it("what a load told of its partitions is held against what they hold", () => {
  const states = (one: "empty" | "exact", other: "empty" | "exact"): PartitionStates =>
    new Map([
      ["a", { kind: one }],
      ["b", { kind: other }],
    ]);
  const end = (
    exitCode: number | null,
    told: Readonly<Record<string, boolean | "unknown">> = {},
  ): ClientEnd => ({
    ...{ exitCode, signal: exitCode === null ? "SIGKILL" : null, stderr: "", ms: 0 },
    stdout: JSON.stringify({
      partitions: Object.entries(told).map(([part, committed]) => ({ partition: `part=${part}`, committed })),
    }),
  });
  const none = states("empty", "empty");
  const half = states("exact", "empty");
  expect(judgePartitions(end(null), none, half)).toBeUndefined();
  expect(judgePartitions(end(0), half, states("exact", "exact"))).toBeUndefined();
  expect(judgePartitions(end(4, { a: true, b: false }), none, half)).toBeUndefined();
  expect(judgePartitions(end(4, { b: false }), half, half)).toBeUndefined();
  expect(judgePartitions(end(4, { a: "unknown", b: "unknown" }), none, half)).toBeUndefined();
  expect(judgePartitions(end(0), none, half)).toBe("success was told, and partition b is empty");
  expect(judgePartitions(end(null), half, none)).toBe("partition a was whole before");
  expect(judgePartitions(end(4, { a: false }), none, half)).toBe(
    "partition a is exact, and was told to be not committed",
  );
  expect(judgePartitions(end(4, { b: true }), half, half)).toBe(
    "partition b is empty, and was told to be committed",
  );
  expect(judgePartitions(end(4), none, half)).toBe("partition a is exact, and was told to be not committed");
  expect(judgePartitions(end(null), none, new Map([["a", { kind: "wrong", what: "2 rows twice" }]]))).toBe(
    "partition a holds 2 rows twice",
  );
});

it("a death comes at the step that was drawn for it, among all steps of its phase", () => {
  const usual = {
    startMs: 100,
    counts: new Map([
      ["put block", 8],
      ["create session", 2],
      ["commit", 2],
    ] as const),
  };
  const steps = ["arrived", "sent", "answer", "answered"] as const;
  const { isReached } = momentOf({ phase: "among the commits", moment: 0.8, victim: "client" }, usual);
  const reached = [0, 1].flatMap((index) =>
    steps.flatMap((step) =>
      isReached!({ asked: "commit", index, bodyBytes: 0 }, step) ? [`${index} ${step}`] : [],
    ),
  );
  expect(reached).toEqual(["1 answer"]);
  const { allowance } = momentOf(
    { phase: "in the middle of a block", moment: 0.8125, victim: "client" },
    usual,
  );
  expect(allowance!({ asked: "put block", index: 6, bodyBytes: 1000 }, 100)).toBe(400);
  expect(allowance!({ asked: "put block", index: 5, bodyBytes: 1000 }, 100)).toBe(Number.POSITIVE_INFINITY);
});

const draw = { seed: 7, rounds: 220, clients: ["mctunnel", "library"], signals: ["SIGKILL"] } as const;

it("the same seed draws the same rounds", () => {
  const rounds = Array.from({ length: draw.rounds }, (_, round) => drawRound(draw, round));
  expect(Array.from({ length: draw.rounds }, (_, round) => drawRound(draw, round))).toEqual(rounds);
  expect(drawRound({ ...draw, seed: 8 }, 0)).not.toEqual(rounds[0]);
});

it("each phase is drawn as often, and its moments are spread evenly", () => {
  const rounds = Array.from({ length: draw.rounds }, (_, round) => drawRound(draw, round));
  for (const phase of killPhases) {
    const moments = rounds.flatMap(({ deaths: [first] }) =>
      first?.point.phase === phase ? [first.point.moment] : [],
    );
    expect(moments.map((moment) => Math.floor(moment * 20))).toEqual(Array.from({ length: 20 }, (_, i) => i));
  }
});

it("a moment is a place in the bytes of all blocks", () => {
  const usual = { blocks: 40, startMs: 100 };
  const point = { phase: "in the middle of a block", moment: 0.9125 } as const;
  expect(placeIn(point, usual)).toEqual({ block: 36, part: 0.5 });
  const put = { asked: "put block", index: 36, bodyBytes: 100 } as const;
  expect(isReached(point, usual, put, "cut")).toBe(true);
  expect(isReached(point, usual, { ...put, index: 35 }, "cut")).toBe(false);
  expect(isReached(point, usual, put, "arrived")).toBe(false);
});

it("each kind of mishap is drawn in either direction, at places over all bytes", () => {
  const usual = { up: 1_000_000, down: 10_000 };
  const mishaps = Array.from({ length: 120 }, (_, round) => drawMishap(3, 120, round, usual));
  for (const { direction, kind } of mishapKinds) {
    const these = mishaps.filter((mishap) => mishap.direction === direction && mishap.effect.kind === kind);
    expect(these).toHaveLength(10);
    for (const { at } of these) {
      if ("bytes" in at) expect(at.bytes).toBeLessThan(usual[direction]);
    }
  }
});
